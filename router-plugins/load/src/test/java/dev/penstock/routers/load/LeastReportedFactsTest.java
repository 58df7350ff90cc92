package dev.penstock.routers.load;

import static dev.penstock.routers.load.LoadFleet.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.testkit.TestShard;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What AIBrix's tests of single routers say of those that go by figures of engines, one row for each fact. */
class LeastReportedFactsTest {

    private static final List<Gauge> BUSY = List.of(Gauge.GPU_BUSY);
    private static final List<Gauge> KV = List.of(Gauge.KV_CACHE_USAGE);
    private static final List<Gauge> UTILIZATION = List.of(Gauge.UTILIZATION);
    private static final List<Gauge> KV_AND_CPU = List.of(Gauge.KV_CACHE_USAGE, Gauge.CPU_CACHE_USAGE);
    private static final List<Gauge> TOKENS =
            List.of(Gauge.PROMPT_TOKENS_PER_REQUEST, Gauge.GENERATION_TOKENS_PER_REQUEST);
    private static final List<Gauge> LATENCY = List.of(Gauge.QUEUE_SECONDS, Gauge.PROMPT_TOKENS_PER_REQUEST,
            Gauge.GENERATION_TOKENS_PER_REQUEST, Gauge.PREFILL_SECONDS, Gauge.DECODE_SECONDS);

    /**
     * A fact.
     *
     * @param figures of each pod, in the order of the gauges
     * @param expected the pods that may be chosen, and each of them is
     */
    record Fact(String name, String strategy, List<Gauge> gauges, List<double[]> figures, List<String> expected) {
        @Override
        public String toString() {
            return strategy + ": " + name;
        }
    }

    private static Fact fact(String name, String strategy, List<Gauge> gauges, double[][] figures,
            String... expected) {
        return new Fact(name, strategy, gauges, List.of(figures), List.of(expected));
    }

    static Stream<Fact> facts() {
        return Stream.of(busyTime(), shares("least-gpu-cache", KV), shares("least-utilization", UTILIZATION), kvCache(),
                throughput(), latency()).flatMap(facts -> facts);
    }

    private static Stream<Fact> busyTime() {
        String name = "least-busy-time";
        return Stream.of(
                fact(".1,.5,.8,.9 → p1", name, BUSY, new double[][] {{.1}, {.5}, {.8}, {.9}}, "p1"),
                fact(".2,.7,.2 → any of p1, p3", name, BUSY, new double[][] {{.2}, {.7}, {.2}}, "p1", "p3"),
                fact("NaN,.5 → p2", name, BUSY, new double[][] {{NONE}, {.5}}, "p2"),
                fact(".95,.99 → p1", name, BUSY, new double[][] {{.95}, {.99}}, "p1"),
                fact("0,.3 → p1", name, BUSY, new double[][] {{0}, {.3}}, "p1"),
                fact("one missing → the other", name, BUSY, new double[][] {{.9}, {NONE}}, "p1"));
    }

    private static Stream<Fact> shares(String name, List<Gauge> gauge) {
        return Stream.of(
                fact("min", name, gauge, new double[][] {{.6}, {.3}, {.9}}, "p2"),
                fact("ties any", name, gauge, new double[][] {{.3}, {.3}, {.9}}, "p1", "p2"),
                fact("missing unscored", name, gauge, new double[][] {{NONE}, {.9}, {NONE}}, "p2"),
                fact("all missing → any", name, gauge, new double[][] {{NONE}, {NONE}}, "p1", "p2"));
    }

    private static Stream<Fact> kvCache() {
        String name = "least-kv-cache";
        return Stream.of(
                fact("(.2,.3) (.1,.5) (.6,.6) (.6,.8) → p1", name, KV_AND_CPU,
                        new double[][] {{.2, .3}, {.1, .5}, {.6, .6}, {.6, .8}}, "p1"),
                fact("[QUIRK] (.2,.3) (.5,.5) (.3,.2) → any of p1, p3, not the last of equals", name, KV_AND_CPU,
                        new double[][] {{.2, .3}, {.5, .5}, {.3, .2}}, "p1", "p3"),
                fact("[BUG] engines without a CPU tier → by the GPU's alone, not at random", name, KV,
                        new double[][] {{.4}, {.2}, {.3}}, "p2"),
                fact("a CPU tier here and none there", name, KV_AND_CPU,
                        new double[][] {{.4, NONE}, {.3, .2}, {NONE, .1}}, "p1"));
    }

    private static Stream<Fact> throughput() {
        String name = "throughput";
        return Stream.of(
                fact("(1,2) (2,1) (3,3) (4,4) → p1", name, TOKENS, new double[][] {{1, 2}, {2, 1}, {3, 3}, {4, 4}},
                        "p1"),
                fact("(1,4) (5,5) (2,2) → any of p1, p3", name, TOKENS, new double[][] {{1, 4}, {5, 5}, {2, 2}}, "p1",
                        "p3"),
                fact("only p1 has metrics → p1", name, TOKENS, new double[][] {{9, 9}, {NONE, NONE}, {NONE, NONE}},
                        "p1"),
                fact("one of two figures is missing → unscored", name, TOKENS, new double[][] {{9, 9}, {1, NONE}},
                        "p1"),
                fact("none → any", name, TOKENS, new double[][] {{NONE, NONE}, {NONE, NONE}}, "p1", "p2"));
    }

    private static Stream<Fact> latency() {
        String name = "least-latency";
        return Stream.of(
                fact("(10,100,10,10) (20,200,21,21) (30,300,31,31) (40,400,41,41) → p1", name, LATENCY, new double[][] {
                    {5, 10, 100, 10, 10}, {5, 20, 200, 21, 21}, {5, 30, 300, 31, 31}, {5, 40, 400, 41, 41}}, "p1"),
                fact("[QUIRK] p3 with 30/30 → any of p1, p3, not the last of equals", name, LATENCY, new double[][] {
                    {5, 10, 100, 10, 10}, {5, 20, 200, 21, 21}, {5, 30, 300, 30, 30}, {5, 40, 400, 41, 41}}, "p1",
                        "p3"),
                fact("prompts of length 0: prefill 10 and 20 → p1", name, LATENCY,
                        new double[][] {{5, 0, 100, 10, 10}, {5, 0, 100, 20, 10}}, "p1"),
                fact("answers of length 0: decode 10 and 20 → p1", name, LATENCY,
                        new double[][] {{5, 10, 0, 10, 10}, {5, 10, 0, 10, 20}}, "p1"),
                fact("[BUG] the queue counts: it is read as a mean, not as 0", name, LATENCY,
                        new double[][] {{50, 10, 100, 1, 1}, {5, 10, 100, 2, 2}}, "p2"),
                fact("[BUG] lengths of PromQL count: they are read as numbers, not as 0", name, LATENCY,
                        new double[][] {{5, 10, 100, 10, 10}, {5, 1_000, 100, 20, 10}}, "p2"),
                fact("no mean of prefill → unscored", name, LATENCY,
                        new double[][] {{5, 10, 100, NONE, 10}, {5, 10, 100, 90, 90}}, "p2"),
                fact("no mean of decode → unscored", name, LATENCY,
                        new double[][] {{5, 10, 100, 1, NONE}, {5, 10, 100, 90, 90}}, "p2"));
    }

    @ParameterizedTest
    @MethodSource("facts")
    void shouldChooseAsTheFactSays(Fact fact) {
        TestShard shard = LoadFleet.of(fact.figures().size());
        for (int pod = 0; pod < fact.figures().size(); pod++) {
            for (int i = 0; i < fact.gauges().size(); i++) {
                shard.load().gauge(shard.pod("p" + (pod + 1)), fact.gauges().get(i), fact.figures().get(pod)[i]);
            }
        }
        assertThat(LoadFleet.taken(shard, fact.strategy())).containsExactlyElementsOf(fact.expected());
    }
}
