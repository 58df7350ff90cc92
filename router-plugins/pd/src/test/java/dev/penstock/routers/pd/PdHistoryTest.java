package dev.penstock.routers.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is remembered from request to request decides nothing: a router that has just begun chooses the same. */
class PdHistoryTest {

    private static final long SEED = Long.getLong("penstock.test.seed", 1);
    private static final List<String> PODS = List.of("p1", "p2", "p3", "p4", "d1", "d2", "d3", "d4", "d5", "d6");
    private static final Gauge[] REPORTED = {Gauge.GENERATION_THROUGHPUT, Gauge.KV_CACHE_USAGE, Gauge.DRAIN_RATE};

    private final Random random = new Random(SEED);
    private final Map<String, Integer> inFlight = new HashMap<>();
    private final Map<String, Map<Gauge, Double>> gauges = new HashMap<>();

    private static PdFleet fleet() {
        return PdFleet.empty().roleset("a", "p1", "p2", "d1", "d2", "d3").roleset("b", "p3", "p4", "d4", "d5", "d6");
    }

    @Test
    void shouldChooseAsARouterThatHasJustBegun() {
        PODS.forEach(pod -> inFlight.put(pod, PODS.indexOf(pod)));
        PdFleet old = young();
        for (int step = 0; step < 300; step++) {
            String pod = PODS.get(random.nextInt(PODS.size()));
            if (random.nextInt(4) > 0) {
                // Never as many as another one has: chance is to decide nothing. Far more now and then: one role is
                // narrowed for a while. Reports stay as young as they are.
                int requests = PODS.indexOf(pod) + 10 * random.nextInt(2) + (random.nextInt(6) == 0 ? 20 : 0);
                inFlight.put(pod, requests);
                old.inFlight(pod, requests);
            } else {
                Gauge gauge = REPORTED[random.nextInt(REPORTED.length)];
                double value = gauge == Gauge.GENERATION_THROUGHPUT ? random.nextInt(3_000) : random.nextDouble();
                gauges.computeIfAbsent(pod, none -> new HashMap<>()).put(gauge, value);
                old.gauge(pod, gauge, value);
            }
            assertThat(old.taken()).as("seed %d, step %d", SEED, step).isEqualTo(young().taken());
        }
    }

    private PdFleet young() {
        PdFleet young = fleet();
        inFlight.forEach(young::inFlight);
        gauges.forEach((pod, said) -> said.forEach((gauge, value) -> young.gauge(pod, gauge, value)));
        return young;
    }
}
