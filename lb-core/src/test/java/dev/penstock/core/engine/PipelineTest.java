package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.engine.PieceProviders.FilterOf;
import dev.penstock.core.engine.PieceProviders.PickerOf;
import dev.penstock.spi.Needs;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.Scorer.Polarity;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods are a, b, c; scorers give them numbers in this order. */
class PipelineTest {

    private static final String PIPELINE = "chat";

    private static final List<RouterProvider> PIECES = List.of(
            new FilterOf("not-a", (context, i) -> i != 0),
            new FilterOf("only-c", (context, i) -> i == 2),
            new FilterOf("none", (context, i) -> false),
            new FilterOf("broken-filter", (context, i) -> {
                throw new IllegalStateException("broken filter");
            }),
            ScriptedProvider.scorer("rising", Polarity.MOST, 10, 20, 30),
            ScriptedProvider.scorer("falling", Polarity.MOST, 30, 20, 10),
            ScriptedProvider.scorer("nothing", Polarity.MOST, Double.NaN, Double.NaN, Double.NaN),
            new ScriptedProvider("broken-scorer", true, Needs.NOTHING, environment -> new PieceProviders.Broken()),
            PickerOf.the("lowest", scores -> {
                int lowest = -1;
                for (int i = 0; i < scores.length; i++) {
                    if (!Double.isNaN(scores[i]) && (lowest < 0 || scores[i] < scores[lowest])) {
                        lowest = i;
                    }
                }
                return lowest;
            }),
            PickerOf.the("first", scores -> 0),
            PickerOf.the("beyond", scores -> scores.length),
            PickerOf.the("broken-picker", scores -> {
                throw new IllegalStateException("broken picker");
            }));

    private static TestShard shard(List<String> filters, Map<String, Integer> scorers, @Nullable String picker) {
        TestShard.Builder builder = TestShard.builder();
        PIECES.forEach(builder::router);
        TestShard shard = builder.pipeline(PIPELINE, filters, scorers, picker).build();
        shard.fleet().add("a", "b", "c");
        return shard;
    }

    record Fact(String name, List<String> filters, Map<String, Integer> scorers, @Nullable String picker,
            List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Map<String, Integer> weights(Object... namesAndWeights) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (int i = 0; i < namesAndWeights.length; i += 2) {
            weights.put((String) namesAndWeights[i], (Integer) namesAndWeights[i + 1]);
        }
        return weights;
    }

    static Stream<Fact> facts() {
        return Stream.of(
                new Fact("the best of one scorer", List.of(), weights("rising", 1), null, List.of("c")),
                new Fact("the heavier one wins", List.of(), weights("rising", 1, "falling", 3), null, List.of("a")),
                new Fact("what is filtered out is not chosen", List.of("not-a"), weights("falling", 1), null,
                        List.of("b")),
                new Fact("filters are asked one after the other", List.of("not-a", "only-c"), weights("falling", 1),
                        null, List.of("c")),
                new Fact("filters alone: any that is left", List.of("not-a"), weights(), null, List.of("b", "c")),
                new Fact("one that leaves none is passed over", List.of("not-a", "none"), weights("falling", 1), null,
                        List.of("b")),
                new Fact("one that throws is passed over", List.of("broken-filter", "only-c"), weights("falling", 1),
                        null, List.of("c")),
                new Fact("a scorer that throws counts for nobody", List.of(), weights("broken-scorer", 9, "rising", 1),
                        null, List.of("c")),
                new Fact("a scorer without data counts for nobody", List.of(), weights("nothing", 9, "rising", 1),
                        null, List.of("c")),
                new Fact("no scores at all: any", List.of(), weights("nothing", 1), null, List.of("a", "b", "c")),
                new Fact("the picker takes one", List.of(), weights("rising", 1), "lowest", List.of("a")),
                new Fact("the picker sees what is filtered out as NaN", List.of("not-a"), weights("rising", 1),
                        "lowest", List.of("b")));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void shouldChoose(Fact fact) {
        TestShard shard = shard(fact.filters(), fact.scorers(), fact.picker());
        Set<String> chosen = new TreeSet<>();
        for (int i = 0; i < 40; i++) {
            Routed routed = shard.routeAndEnd(PIPELINE);
            assertThat(routed.fallbackReason()).isNull();
            chosen.add(Objects.requireNonNull(routed.pod()));
        }
        assertThat(chosen).containsExactlyElementsOf(fact.expected());
    }

    @Test
    void shouldCountWhatIsPassedOver() {
        TestShard shard = shard(List.of("none", "broken-filter"), weights("broken-scorer", 1, "rising", 1), null);

        for (int i = 0; i < 6; i++) {
            shard.routeAndEnd(PIPELINE);
        }

        assertThat(EngineParts.series(shard).stream().filter(series -> series.contains("pipeline_passed_over")))
                .anyMatch(series -> series.contains("none") && series.contains("left_none"))
                .anyMatch(series -> series.contains("broken-filter") && series.contains("failed"))
                .anyMatch(series -> series.contains("broken-scorer") && series.contains("breaker_open"));
        assertThat(shard.failures("broken-filter")).isEqualTo(5);
        assertThat(shard.failures("broken-scorer")).isEqualTo(5);
    }

    static Stream<String> badPickers() {
        return Stream.of("broken-picker", "beyond");
    }

    @ParameterizedTest
    @MethodSource("badPickers")
    void shouldFallBackWhereThePickerFails(String picker) {
        TestShard shard = shard(List.of(), weights("rising", 1), picker);

        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            reasons.add(shard.routeAndEnd(PIPELINE).fallbackReason());
        }

        assertThat(reasons).containsExactly("picker_failed", "picker_failed", "picker_failed", "picker_failed",
                "picker_failed", "picker_breaker_open");
        assertThat(shard.failures(picker)).isEqualTo(5);
    }

    @Test
    void shouldFallBackWhereThePickerTakesWhatIsFilteredOut() {
        TestShard shard = shard(List.of("not-a"), weights("rising", 1), "first");

        assertThat(shard.routeAndEnd(PIPELINE).fallbackReason()).isEqualTo("picker_filtered_out");
    }

    @Test
    void shouldGoOnWithoutAPieceThatIsQuarantined() {
        StrategyCatalog catalog = new StrategyCatalog(PIECES.stream().map(PipelineTest::strategy).toList(),
                List.of(new Pipeline(PIPELINE, List.of("only-c"), List.of(new StrategyExpression.Item("falling", 1)),
                        null, Needs.NOTHING, true)));
        TestShard shard = EngineParts.quarantined(Set.of("only-c"), catalog);
        shard.fleet().add("a", "b", "c");

        assertThat(shard.route(PIPELINE)).returns("a", Routed::pod).returns(null, Routed::fallbackReason);
    }

    @Test
    void shouldNeverChooseWhatAFilterRefused() {
        Random random = new Random(Long.getLong("penstock.test.seed", 1));
        for (int round = 0; round < 200; round++) {
            boolean[] wanted = {random.nextBoolean(), random.nextBoolean(), random.nextBoolean()};
            double[] scores = {number(random), number(random), number(random)};
            TestShard shard = TestShard.builder().seed(round)
                    .router(new FilterOf("some", (context, i) -> wanted[i]))
                    .router(ScriptedProvider.scorer("scores", Polarity.LEAST, scores))
                    .pipeline(PIPELINE, List.of("some"), weights("scores", 1), null).build();
            shard.fleet().add("a", "b", "c");
            int chosen = "abc".indexOf(Objects.requireNonNull(shard.route(PIPELINE).pod()));

            boolean all = !(wanted[0] || wanted[1] || wanted[2]);
            assertThat(all || wanted[chosen]).isTrue();
            double[] left = scores.clone();
            double[] sums = new double[3];
            for (int i = 0; i < 3; i++) {
                left[i] = all || wanted[i] ? scores[i] : Double.NaN;
            }
            WeightedScoring.addNormalized(left, Polarity.LEAST, 1, sums);
            assertThat(sums[chosen]).isEqualTo(Math.max(sums[0], Math.max(sums[1], sums[2])));
        }
    }

    private static double number(Random random) {
        return random.nextInt(4) == 0 ? Double.NaN : random.nextInt(10);
    }

    @Test
    void shouldNotTakeAPieceForAStrategy() {
        StrategyCatalog catalog = EngineParts.strategies(shard(List.of("not-a"), weights("rising", 1), "lowest"));

        assertThat(catalog.parse("not-a")).isNull();
        assertThat(catalog.parse("lowest")).isNull();
        assertThat(catalog.parse("rising")).isNotNull();
        assertThat(catalog.parse("rising:1,not-a:1")).isNull();
        assertThat(catalog.names()).contains(PIPELINE, "rising").doesNotContain("not-a", "lowest");
    }

    /** Its filters would only lower a score there, and what they refuse could be chosen. */
    @Test
    void shouldNotTakeAPipelineForAPartOfAnExpression() {
        StrategyCatalog catalog = EngineParts.strategies(shard(List.of("not-a"), weights("rising", 1), null));

        assertThat(catalog.parse(PIPELINE)).isNotNull();
        assertThat(catalog.parse(PIPELINE + ":2,rising:1")).isNull();
    }

    @Test
    void shouldNeedWhatItsPiecesNeed() {
        Strategy text = strategy(ScriptedProvider.needing("text", Needs.TEXT));
        Strategy blocks = strategy(ScriptedProvider.needing("blocks", Needs.hashes(128)));
        Strategy others = strategy(ScriptedProvider.needing("others", Needs.hashes(64)));

        assertThat(Pipeline.of(PIPELINE, List.of(), Map.of(text, 1, blocks, 1), null).needs())
                .isEqualTo(new Needs(true, 128, null));
        Map<Strategy, Integer> both = new LinkedHashMap<>(Map.of(blocks, 1));
        both.put(others, 1);
        assertThatThrownBy(() -> Pipeline.of(PIPELINE, List.of(), both, null)).hasMessageContaining("prepared");
    }

    @Test
    void shouldBeServedOnLoopsOnlyWhereAllPiecesAre() {
        Strategy quick = strategy(ScriptedProvider.scorer("quick", Polarity.MOST));
        Strategy slow = Strategy.of(ScriptedProvider.scorer("slow", Polarity.MOST), quick.settings(), false, "test");

        assertThat(Pipeline.of(PIPELINE, List.of(), Map.of(quick, 1), null).servedOnLoop()).isTrue();
        assertThat(Pipeline.of(PIPELINE, List.of(), Map.of(quick, 1, slow, 1), null).servedOnLoop()).isFalse();
    }

    @Test
    void shouldRefuseANameThatIsTaken() {
        Strategy rising = strategy(ScriptedProvider.scorer("rising", Polarity.MOST));

        assertThatThrownBy(() -> new StrategyCatalog(List.of(rising),
                List.of(Pipeline.of("rising", List.of(), Map.of(rising, 1), null)))).hasMessageContaining("rising");
    }

    private static Strategy strategy(RouterProvider provider) {
        return Strategy.of(provider, PluginSettings.read(provider.name(), List.of(), Map.of()), true, "test");
    }
}
