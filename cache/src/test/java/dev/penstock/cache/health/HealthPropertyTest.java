package dev.penstock.cache.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of endpoints: whatever comes together, enough of each model are there, and who is well comes back. */
class HealthPropertyTest {

    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g");
    private static final int STEPS = 5_000;

    private final HandDrivenHealth h = new HandDrivenHealth(NAMES.toArray(new String[0]));
    private final Map<String, Integer> probes = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverLeaveTooFewAndAlwaysBringBackWhoIsWell(long seed) {
        h.model("all", NAMES.toArray(new String[0]));
        h.model("some", "a", "b", "c");
        h.model("one", "g");
        Random random = new Random(seed);
        long ejected = 0;
        for (int step = 0; step < STEPS; step++) {
            step(random);
            if (random.nextInt(3) == 0) {
                h.pass(Duration.ofMillis(random.nextInt(3_000)));
                check();
                ejected += h.health.out();
            }
        }
        assertThat(ejected).as("somebody was out").isPositive();
        for (int i = 0; i < 2; i++) {
            h.pass(Duration.ofMinutes(6));
            NAMES.forEach(name -> h.answer(name, 200));
            h.look();
        }
        check();
        assertThat(h.health.quiet()).isTrue();
        assertThat(h.agent.restNanos()).isEqualTo(Long.MAX_VALUE);
    }

    private void step(Random random) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        PodView pod = h.pod(name);
        switch (random.nextInt(9)) {
            case 0 -> h.refuse(name, 1 + random.nextInt(8));
            case 1 -> h.answer(name, 200);
            case 2 -> h.answer(name, random.nextBoolean() ? 503 : 429);
            case 3 -> h.answer(name, 500);
            case 4 -> h.ready(name, random.nextInt(4) != 0);
            case 5 -> {
                h.replace(name);
                probes.remove(name);
            }
            case 6 -> h.rules("max-ejected-percent", Integer.toString(random.nextInt(101)));
            case 7 -> {
                boolean open = h.health.open(pod);
                int probe = h.health.takeProbe(pod);
                if (probe != Health.NO_PROBE) {
                    assertThat(open).isTrue();
                    probes.put(name, probe);
                }
            }
            default -> {
                Integer probe = probes.remove(name);
                if (probe != null) {
                    h.health.returnProbe(pod, probe);
                }
            }
        }
    }

    private void check() {
        int out = 0;
        for (String name : NAMES) {
            out += h.state(name) == Health.State.READY ? 0 : 1;
        }
        assertThat(h.health.out()).isEqualTo(out);
        assertThat(h.health.quiet()).isEqualTo(out == 0);
        for (ModelView model : h.current().models()) {
            Candidates ready = model.ready();
            int missing = 0;
            for (int i = 0; i < ready.size(); i++) {
                missing += h.health.standing(ready.get(i)).state() == Health.State.READY ? 0 : 1;
            }
            assertThat(missing).as("out of %s of %s", ready.size(), model.name())
                    .isLessThanOrEqualTo(ready.size() * h.rules.maxEjectedPercent() / 100)
                    .isLessThanOrEqualTo(Math.max(0, ready.size() - 1));
        }
    }
}
