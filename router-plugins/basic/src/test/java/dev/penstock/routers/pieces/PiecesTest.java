package dev.penstock.routers.pieces;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods are p1 to p4. */
class PiecesTest {

    private static TestShard shard(String piece, Map<String, String> settings, @Nullable String filter,
            @Nullable String picker) {
        TestShard.Builder builder = TestShard.builder();
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            builder.router(provider, provider.name().equals(piece) ? settings : Map.of());
        }
        TestShard shard = builder.pipeline("tested", filter == null ? List.of() : List.of(filter),
                Map.of("least-request", 1), picker).build();
        shard.fleet().add("p1", "p2", "p3", "p4");
        return shard;
    }

    private static Map<String, Integer> taken(TestShard shard, int requests) {
        Map<String, Integer> taken = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            Routed routed = shard.routeAndEnd("tested");
            assertThat(routed.fallbackReason()).isNull();
            taken.merge(String.valueOf(routed.pod()), 1, Integer::sum);
        }
        return taken;
    }

    record FilterFact(String filter, Map<String, String> settings, List<String> left) {}

    // p1: 3 in flight, KV half full, 5 wait, tier gold. p2: 17, 0.9, 6, silver. p3: 16, 0.95, 0, gold without zone.
    // p4: 0, nothing known, no labels.
    static Stream<FilterFact> filters() {
        return Stream.of(
                new FilterFact("label-filter", Map.of(), List.of("p1", "p2", "p3", "p4")),
                new FilterFact("label-filter", Map.of("label", "zone"), List.of("p1", "p2")),
                new FilterFact("label-filter", Map.of("label", "tier", "values", "gold"), List.of("p1", "p3")),
                new FilterFact("label-filter", Map.of("label", "tier", "values", "silver, bronze"), List.of("p2")),
                new FilterFact("label-filter", Map.of("label", "nothing"), List.of("p1", "p2", "p3", "p4")),
                new FilterFact("max-in-flight-filter", Map.of(), List.of("p1", "p3", "p4")),
                new FilterFact("max-in-flight-filter", Map.of("most", "3"), List.of("p1", "p4")),
                new FilterFact("kv-usage-filter", Map.of(), List.of("p1", "p2", "p4")),
                new FilterFact("kv-usage-filter", Map.of("most", "0.5"), List.of("p1", "p4")),
                new FilterFact("queue-length-filter", Map.of(), List.of("p1", "p3", "p4")),
                new FilterFact("queue-length-filter", Map.of("most", "0"), List.of("p3", "p4")));
    }

    @ParameterizedTest
    @MethodSource("filters")
    void shouldLeave(FilterFact fact) {
        TestShard shard = shard(fact.filter(), fact.settings(), fact.filter(), "random-picker");
        shard.fleet().label("p1", "tier", "gold").label("p1", "zone", "a").label("p2", "tier", "silver")
                .label("p2", "zone", "b").label("p3", "tier", "gold");
        shard.load().inFlight(shard.pod("p1"), 3).inFlight(shard.pod("p2"), 17).inFlight(shard.pod("p3"), 16)
                .gauge(shard.pod("p1"), Gauge.KV_CACHE_USAGE, 0.5).gauge(shard.pod("p2"), Gauge.KV_CACHE_USAGE, 0.9)
                .gauge(shard.pod("p3"), Gauge.KV_CACHE_USAGE, 0.95).gauge(shard.pod("p1"), Gauge.WAITING, 5)
                .gauge(shard.pod("p2"), Gauge.WAITING, 6).gauge(shard.pod("p3"), Gauge.WAITING, 0);

        assertThat(taken(shard, 60).keySet()).containsExactlyElementsOf(fact.left());
    }

    // In flight 0, 1, 3, 4: sums 1, 0.75, 0.25, 0.
    private static TestShard loaded(String picker, Map<String, String> settings) {
        TestShard shard = shard(picker, settings, null, picker);
        shard.load().inFlight(shard.pod("p2"), 1).inFlight(shard.pod("p3"), 3).inFlight(shard.pod("p4"), 4);
        return shard;
    }

    @Test
    void shouldPickTheHighestSumAndAnyOfEquals() {
        assertThat(taken(loaded("max-score-picker", Map.of()), 20).keySet()).containsExactly("p1");
        TestShard equal = shard("max-score-picker", Map.of(), null, "max-score-picker");
        assertThat(taken(equal, 60).keySet()).containsExactly("p1", "p2", "p3", "p4");
    }

    record TopFact(String top, Set<String> expected) {}

    static Stream<TopFact> tops() {
        return Stream.of(new TopFact("0", Set.of("p1", "p2", "p3", "p4")), new TopFact("1", Set.of("p1")),
                new TopFact("2", Set.of("p1", "p2")), new TopFact("3", Set.of("p1", "p2", "p3")),
                new TopFact("9", Set.of("p1", "p2", "p3", "p4")));
    }

    @ParameterizedTest
    @MethodSource("tops")
    void shouldPickAnyOfTheBest(TopFact fact) {
        assertThat(taken(loaded("random-picker", Map.of("top", fact.top())), 100).keySet())
                .containsExactlyElementsOf(new TreeSet<>(fact.expected()));
    }

    @Test
    void shouldPickByWeight() {
        Map<String, Integer> taken = taken(loaded("weighted-random-picker", Map.of()), 2_000);

        // 1 : 0.75 : 0.25 : 0, in one run of a seeded source.
        assertThat(taken.keySet()).containsExactly("p1", "p2", "p3");
        assertThat(taken.get("p1")).isBetween(900, 1_100);
        assertThat(taken.get("p2")).isBetween(660, 840);
        assertThat(taken.get("p3")).isBetween(200, 300);
    }

    @Test
    void shouldPickAnyWhereNobodyHasAScore() {
        TestShard.Builder builder = TestShard.builder();
        ServiceLoader.load(RouterProvider.class).forEach(builder::router);
        TestShard shard = builder.pipeline("tested", List.of(), Map.of(), "weighted-random-picker").build();
        shard.fleet().add("p1", "p2");

        assertThat(taken(shard, 40).keySet()).containsExactly("p1", "p2");
    }
}
