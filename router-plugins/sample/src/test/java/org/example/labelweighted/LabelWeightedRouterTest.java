package org.example.labelweighted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A shard with the engine of production, on a simulated fleet and clock: no network, no threads, no waiting. */
class LabelWeightedRouterTest {

    private static final String STRATEGY = "label-weighted";

    private final TestShard shard = TestShard.of(new LabelWeightedProvider());

    private Map<String, Integer> route(int requests) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            Routed routed = shard.route(STRATEGY);
            assertNull(routed.fallbackReason(), "the router itself has chosen");
            counts.merge(routed.pod(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void shouldSpreadRequestsByWeight() {
        shard.fleet().add("big", "small").label("big", "weight", "4").label("small", "weight", "1");

        assertEquals(Map.of("big", 40, "small", 10), route(50));
    }

    @Test
    void shouldTreatPodsWithoutLabelAlikeAndCountThem() {
        shard.fleet().add("a", "b").label("b", "weight", "many");

        assertEquals(Map.of("a", 10, "b", 10), route(20));
        assertEquals(2, shard.counter(STRATEGY, "unlabeled"));
    }

    @Test
    void shouldLookAtWhatIsInFlightNow() {
        shard.fleet().add("a", "b");
        shard.load().inFlight(shard.pod("a"), 5);
        Routed first = shard.route(STRATEGY);
        assertEquals("b", first.pod());

        shard.load().inFlight(shard.pod("a"), 0);
        assertEquals("a", shard.route(STRATEGY).pod());

        first.ended();
        assertEquals("b", shard.route(STRATEGY).pod());
    }

    @Test
    void shouldNoticeThatALabelChanges() {
        shard.fleet().add("a", "b");
        route(2);

        shard.fleet().label("a", "weight", "3");

        assertEquals(Map.of("a", 5, "b", 1), route(6));
    }

    @Test
    void shouldReadItsSettings() {
        TestShard tuned = TestShard.builder()
                .router(new LabelWeightedProvider(), Map.of("label", "gpus", "default-weight", "2"))
                .build();
        tuned.fleet().add("a", "b").label("a", "gpus", "8");
        tuned.load().inFlight(tuned.pod("a"), 2);

        assertEquals("a", tuned.route(STRATEGY).pod());
        assertThrows(IllegalArgumentException.class,
                () -> TestShard.builder().router(new LabelWeightedProvider(), Map.of("default-weight", "heavy")));
    }
}
