package dev.penstock.cache.snapshot;

import static dev.penstock.cache.snapshot.HandDrivenCache.onPorts;
import static dev.penstock.cache.snapshot.HandDrivenCache.pod;
import static dev.penstock.cache.snapshot.HandDrivenCache.readiness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of pods and requests against a model that keeps everything in plain maps. */
class FleetPropertyTest {

    private static final int SHARDS = 3;
    private static final int STEPS = 4_000;

    private final HandDrivenCache cache = new HandDrivenCache(48, SHARDS);
    private final Map<String, PodSpec> expected = new TreeMap<>();
    private final List<PodView> inFlight = new ArrayList<>();
    private final Snapshot[] seen = new Snapshot[SHARDS];
    private int uids;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldNeverGiveASlotToTwoAndNeverLoseACount(long seed) {
        Random random = new Random(seed);
        for (int shard = 0; shard < SHARDS; shard++) {
            seen[shard] = cache.fleet();
        }
        for (int step = 0; step < STEPS; step++) {
            step(random);
            if (random.nextInt(4) == 0) {
                cache.publish();
                checkFleet();
            }
            checkCounts();
        }
        inFlight.forEach(endpoint -> cache.figures.addInFlight(endpoint, -1));
        inFlight.clear();
        cache.publish();
        cache.acknowledgeAll();
        cache.publish();
        checkFleet();
        assertThat(cache.slots.leaving()).isZero();
        assertThat(cache.slots.taken()).isEqualTo(expected.values().stream().mapToInt(p -> p.ports().size()).sum());
    }

    private void step(Random random) {
        String name = "p" + random.nextInt(12);
        PodSpec known = expected.get(name);
        switch (random.nextInt(9)) {
            case 0, 1 -> tell(pod(name, "u" + uids++, models(random)));
            case 2 -> {
                if (known != null) {
                    cache.remove(known);
                    expected.remove(name);
                }
            }
            case 3 -> {
                if (known != null) {
                    tell(readiness(known, random.nextBoolean()));
                }
            }
            case 4 -> {
                if (known != null) {
                    tell(random.nextBoolean() ? onPorts(known, 8000, 8001) : onPorts(known, 8001));
                }
            }
            case 5 -> {
                int shard = random.nextInt(SHARDS);
                seen[shard] = cache.fleet();
                cache.agent.acknowledge(shard, seen[shard].version());
            }
            case 6, 7 -> begin(random);
            default -> {
                if (!inFlight.isEmpty()) {
                    cache.figures.addInFlight(inFlight.remove(random.nextInt(inFlight.size())), -1);
                }
            }
        }
    }

    private static String[] models(Random random) {
        return random.nextBoolean() ? new String[] {"m" + random.nextInt(4)}
                : new String[] {"m" + random.nextInt(4), "n" + random.nextInt(4)};
    }

    private void tell(PodSpec spec) {
        expected.put(spec.identity().name(), spec);
        cache.upsert(spec);
    }

    /** A shard chooses by the fleet that it has acknowledged last, which may be long gone. */
    private void begin(Random random) {
        Snapshot fleet = seen[random.nextInt(SHARDS)];
        PodView endpoint = fleet.slots() == 0 ? null : fleet.endpoint(random.nextInt(fleet.slots()));
        if (endpoint != null) {
            int before = cache.figures.inFlight(endpoint);
            cache.figures.addInFlight(endpoint, 1);
            assertThat(cache.figures.inFlight(endpoint)).isEqualTo(before + 1);
            inFlight.add(endpoint);
        }
    }

    private void checkFleet() {
        Snapshot fleet = cache.fleet();
        Set<String> shown = new TreeSet<>();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null) {
                assertThat(endpoint.slot()).isEqualTo(slot);
                assertThat(cache.figures.current(endpoint)).as("columns are its own").isTrue();
                assertThat(shown.add(endpoint.name() + "/" + endpoint.uid() + ":" + endpoint.port())).isTrue();
            }
        }
        Set<String> wanted = new TreeSet<>();
        Map<String, Set<String>> byModel = new HashMap<>();
        expected.values().forEach(spec -> spec.ports().forEach(port -> {
            String endpoint = spec.identity().name() + "/" + spec.identity().uid() + ":" + port;
            wanted.add(endpoint);
            spec.models().forEach(model -> byModel.computeIfAbsent(model, key -> new TreeSet<>()).add(endpoint));
        }));
        if (cache.ledger.slotless() == 0) {
            assertThat(shown).isEqualTo(wanted);
        } else {
            assertThat(wanted).containsAll(shown);
        }
        checkModels(fleet, byModel);
    }

    private void checkModels(Snapshot fleet, Map<String, Set<String>> byModel) {
        Map<Integer, Integer> shardBySlot = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (ModelView model : fleet.models()) {
            names.add(model.name());
            for (int i = 0; i < model.endpoints().size(); i++) {
                PodView endpoint = model.endpoints().get(i);
                assertThat(fleet.endpoint(endpoint.slot())).isSameAs(endpoint);
                assertThat(byModel.get(model.name()))
                        .contains(endpoint.name() + "/" + endpoint.uid() + ":" + endpoint.port());
                Integer other = shardBySlot.put(endpoint.slot(), model.shard());
                assertThat(other == null || other == model.shard()).as("one shard for each endpoint").isTrue();
            }
        }
        assertThat(names).isEqualTo(byModel.keySet());
    }

    private void checkCounts() {
        for (PodView endpoint : inFlight) {
            long count = inFlight.stream().filter(endpoint::sameEndpoint).count();
            assertThat(cache.figures.inFlight(endpoint)).isEqualTo((int) count);
        }
    }
}
