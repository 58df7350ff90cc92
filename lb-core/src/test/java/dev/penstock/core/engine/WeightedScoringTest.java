package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.Needs;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Scorer.Polarity;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.TestShard;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeightedScoringTest {

    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    record Item(double weight, Polarity polarity, List<Double> scores) {}

    record Fact(String name, List<Item> items, List<Double> sums, List<Integer> winners) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Item most(double weight, Double... scores) {
        return new Item(weight, Polarity.MOST, List.of(scores));
    }

    private static Item least(double weight, Double... scores) {
        return new Item(weight, Polarity.LEAST, List.of(scores));
    }

    static Stream<Fact> facts() {
        return Stream.of(
                new Fact("most", List.of(most(1, 10., 20., 30.)), List.of(0., .5, 1.), List.of(2)),
                new Fact("least", List.of(least(1, 10., 20., 30.)), List.of(1., .5, 0.), List.of(0)),
                new Fact("2:8", List.of(most(2, 100., 50., 0.), least(8, 30., 20., 10.)), List.of(.2, .5, .8),
                        List.of(2)),
                new Fact("1:3", List.of(most(1, 10., 20., 30.), least(3, 10., 20., 30.)), List.of(.75, .5, .25),
                        List.of(0)),
                // [QUIRK] AIBrix takes the first, A, of a list that it shuffles for each request.
                new Fact("one not scored, a tie", List.of(most(1, 100., 50., NAN), most(1, 10., 20., 30.)),
                        List.of(.5, .25, .5), List.of(0, 2)),
                new Fact("none scored by the first", List.of(most(1, NAN, NAN, NAN), most(1, 10., 30., 20.)),
                        List.of(0., .5, .25), List.of(1)),
                new Fact("all equal, one not scored", List.of(most(1, 10., 10., NAN)), List.of(1., 1., 0.),
                        List.of(0, 1)),
                new Fact("infinities", List.of(most(1, INF, 20., 10., -INF)), List.of(0., 1., 0., 0.), List.of(1)),
                new Fact("requests and throughput", List.of(least(1, 1., 50., 10.), least(1, 1500., 15., 150.)),
                        List.of(.5, .5, .863), List.of(2)));
    }

    private static double[] sums(List<Item> items) {
        double total = items.stream().mapToDouble(Item::weight).sum();
        double[] sums = new double[items.getFirst().scores().size()];
        for (Item item : items) {
            double[] scores = item.scores().stream().mapToDouble(Double::doubleValue).toArray();
            WeightedScoring.addNormalized(scores, item.polarity(), item.weight() / total, sums);
        }
        return sums;
    }

    @ParameterizedTest
    @MethodSource("facts")
    void shouldSumAsAibrixDoes(Fact fact) {
        double[] sums = sums(fact.items());
        for (int i = 0; i < sums.length; i++) {
            assertThat(sums[i]).isEqualTo(fact.sums().get(i), within(0.001));
        }
        Random random = new Random(3);
        Set<Integer> winners = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            winners.add(WeightedScoring.best(sums, random));
        }
        assertThat(winners).containsExactlyElementsOf(fact.winners());
    }

    @Test
    void shouldKeepSumsBetweenZeroAndOne() {
        Random random = new Random(5);
        for (int round = 0; round < 2_000; round++) {
            int size = 1 + random.nextInt(6);
            double[] sums = new double[size];
            int parts = 1 + random.nextInt(4);
            for (int part = 0; part < parts; part++) {
                double[] scores = random.doubles(size, -1e300, 1e300).toArray();
                scores[random.nextInt(size)] = List.of(NAN, INF, -INF, 0.).get(random.nextInt(4));
                WeightedScoring.addNormalized(scores, random.nextBoolean() ? Polarity.MOST : Polarity.LEAST,
                        1.0 / parts, sums);
            }
            assertThat(Arrays.stream(sums)).allMatch(sum -> sum >= 0 && sum <= 1 + 1e-9);
        }
    }

    // ---- through the engine

    private static TestShard shard(RouterProvider... providers) {
        TestShard shard = TestShard.of(providers);
        shard.fleet().add("a", "b", "c");
        return shard;
    }

    @Test
    void shouldChooseByTheSum() {
        TestShard shard = shard(ScriptedProvider.scorer("s1", Polarity.MOST, 100, 50, 0),
                ScriptedProvider.scorer("s2", Polarity.LEAST, 30, 20, 10));
        assertThat(shard.route("s1:2,s2:8").pod()).isEqualTo("c");
        assertThat(shard.route("s1:8,s2:2").pod()).isEqualTo("a");
    }

    @Test
    void shouldLeaveOutAScorerThatThrows() {
        TestShard shard = shard(new ScriptedProvider("broken", true, Needs.NOTHING,
                environment -> new ThrowingScorer()),
                ScriptedProvider.scorer("s2", Polarity.LEAST, 30, 10, 20));
        for (int i = 0; i < 10; i++) {
            assertThat(shard.route("broken:9,s2:1").pod()).isEqualTo("b");
        }
        assertThat(shard.route("broken:9,s2:1").fallbackReason()).isNull();
        // The breaker leaves it out from the sixth request on.
        assertThat(shard.failures("broken")).isEqualTo(5);
    }

    @Test
    void shouldSayOnceThatARouterIsNoScorer() {
        TestShard shard = shard(new ScriptedProvider("liar", true, Needs.NOTHING,
                environment -> context -> context.select(context.candidates().get(2))),
                ScriptedProvider.scorer("s2", Polarity.LEAST, 30, 10, 20));
        for (int i = 0; i < 10; i++) {
            assertThat(shard.route("liar:9,s2:1").fallbackReason()).isEqualTo("unavailable");
        }
        assertThat(shard.failures("liar")).isOne();
        // Alone it is a router like any other.
        assertThat(shard.route("liar").pod()).isEqualTo("c");
        assertThat(shard.route("liar").fallbackReason()).isNull();
    }

    @Test
    void shouldFollowAChangingNumberOfCandidates() {
        TestShard shard = shard(ScriptedProvider.scorer("s1", Polarity.MOST, 1, 2, 3, 4, 5),
                ScriptedProvider.scorer("s2", Polarity.MOST, 1, 2, 3, 4, 5));
        assertThat(shard.route("s1,s2").pod()).isEqualTo("c");
        shard.fleet().add("d", "e");
        assertThat(shard.route("s1,s2").pod()).isEqualTo("e");
        shard.fleet().remove("e").remove("d").remove("c");
        assertThat(shard.route("s1,s2").pod()).isEqualTo("b");
    }

    @Test
    void shouldForgetTheLeastRecentlyUsedExpressions() {
        TestShard shard = shard(ScriptedProvider.scorer("s1", Polarity.MOST, 1, 2, 3),
                ScriptedProvider.scorer("s2", Polarity.MOST, 1, 2, 3));
        for (int weight = 1; weight <= 1_000; weight++) {
            assertThat(shard.route("s1:" + weight + ",s2").pod()).isEqualTo("c");
        }
        assertThat(EngineParts.engine(shard).expressions()).isEqualTo(256);
    }

    private static final class ThrowingScorer implements Scorer {
        @Override
        public void route(RoutingContext context) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void score(RoutingContext context, double[] scores) {
            scores[0] = 1e9;
            throw new IllegalStateException("broken");
        }

        @Override
        public Polarity polarity() {
            return Polarity.MOST;
        }
    }
}
