package dev.penstock.routers.load;

import static dev.penstock.routers.load.LoadFleet.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in for figures that are missing, and who is told. */
class SubstitutesTest {

    private static final FakeRequest CURIOUS = FakeRequest.plain().wantingNotes();

    // [BUG] AIBrix chooses at random in each of these cases, and does not say so.
    @ParameterizedTest
    @CsvSource({
        "least-kv-cache, RUNNING, engine_requests",
        "least-gpu-cache, RUNNING, engine_requests",
        "least-utilization, KV_CACHE_USAGE, kv_usage",
        "least-utilization, RUNNING, engine_requests",
        "least-busy-time, RUNNING, engine_requests",
        "throughput, RUNNING, engine_requests",
        "least-latency, TTFT_SECONDS, token_times",
        "least-latency, RUNNING, engine_requests"})
    void shouldGoByWhatEnginesTellInstead(String strategy, Gauge told, String substitute) {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.report(shard, told, .3, .1, .2);

        assertThat(LoadFleet.taken(shard, strategy, CURIOUS)).containsExactly("p2");
        assertThat(shard.counter(strategy, "substituted_" + substitute)).isEqualTo(100);
        assertThat(shard.route(strategy, CURIOUS).headers())
                .containsEntry("x-penstock-routing", strategy + "=" + substitute);
        assertThat(shard.route(strategy).headers()).as("for who does not ask").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"least-busy-time", "least-latency", "least-kv-cache", "least-gpu-cache",
        "least-utilization", "throughput", "load-balance", "least-load", "bounded-hash", "prefix-hash"})
    void shouldGoByRequestsInFlightWhereNothingIsKnown(String strategy) {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.inFlight(shard, 2, 1, 2);

        assertThat(LoadFleet.taken(shard, strategy, CURIOUS)).containsExactly("p2");
        assertThat(shard.counter(strategy, "substituted_in_flight")).isEqualTo(100);
        assertThat(shard.route(strategy, CURIOUS).headers())
                .containsEntry("x-penstock-routing", strategy + "=in_flight");
    }

    @ParameterizedTest
    @CsvSource({"least-kv-cache, KV_CACHE_USAGE", "least-utilization, UTILIZATION", "least-busy-time, GPU_BUSY"})
    void shouldSayNothingWhereNothingIsMissing(String strategy, Gauge gauge) {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, gauge, .3, .1);
        assertThat(shard.route(strategy, CURIOUS).headers()).isEmpty();
    }

    @Test
    void shouldReturnToTheFigureWhenItIsThereAgain() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.RUNNING, 1, 5);
        assertThat(LoadFleet.pod(shard, "least-gpu-cache")).isEqualTo("p1");
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .8, .2);
        assertThat(LoadFleet.pod(shard, "least-gpu-cache")).isEqualTo("p2");
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, NONE, NONE);
        assertThat(LoadFleet.pod(shard, "least-gpu-cache")).isEqualTo("p1");
    }

    @Test
    void shouldDeriveBusyTimeFromWhatEnginesCount() {
        TestShard shard = LoadFleet.of(4);
        LoadFleet.report(shard, Gauge.COMPLETION_RATE, 2, 1, .5, 0);
        LoadFleet.report(shard, Gauge.INFERENCE_SECONDS, 1, 1, NONE, NONE);
        // Without a time of inference: 5 s as a whole, of which 4 s in the queue.
        LoadFleet.report(shard, Gauge.E2E_SECONDS, 9, 9, 5, NONE);
        LoadFleet.report(shard, Gauge.QUEUE_SECONDS, 1, 1, 4, NONE);

        assertThat(LoadFleet.taken(shard, "least-busy-time")).as("completed nothing").containsExactly("p4");
        shard.fleet().ready("p4", false);
        assertThat(LoadFleet.taken(shard, "least-busy-time")).containsExactly("p3");
        shard.fleet().ready("p3", false);
        assertThat(LoadFleet.taken(shard, "least-busy-time")).containsExactly("p2");
        assertThat(shard.counter("least-busy-time", "substituted_derived_busy_time")).isEqualTo(300);
    }

    @Test
    void shouldWeighTimesOfTokensByThePredictedLengthOfTheAnswer() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.TTFT_SECONDS, 1, 2);
        LoadFleet.report(shard, Gauge.TPOT_SECONDS, .02, .001);
        shard.forecasts().outputTokens(FakeRequest.plain().model(), 16);
        assertThat(LoadFleet.pod(shard, "least-latency")).isEqualTo("p1");
        shard.forecasts().outputTokens(FakeRequest.plain().model(), 1_024);
        assertThat(LoadFleet.pod(shard, "least-latency")).isEqualTo("p2");
    }

    @Test
    void shouldWeighLatencyByTheLengthOfThePrompt() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.QUEUE_SECONDS, .1, 1);
        LoadFleet.report(shard, Gauge.PREFILL_SECONDS, 1, .1);
        LoadFleet.report(shard, Gauge.DECODE_SECONDS, 1, 1);
        LoadFleet.report(shard, Gauge.PROMPT_TOKENS_PER_REQUEST, 1_000, 1_000);
        LoadFleet.report(shard, Gauge.GENERATION_TOKENS_PER_REQUEST, 100, 100);
        assertThat(LoadFleet.pod(shard, "least-latency", FakeRequest.plain().withBodyBytes(400))).isEqualTo("p1");
        assertThat(LoadFleet.pod(shard, "least-latency", FakeRequest.plain().withBodyBytes(40_000))).isEqualTo("p2");
    }

    // ---- a pod without data among pods with data

    @Test
    void shouldNotPreferAPodWithoutDataButProbeItAfterAWhile() {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, .4, NONE);
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).containsExactly("p2");

        shard.advance(Duration.ofSeconds(11));
        assertThat(LoadFleet.taken(shard, "least-gpu-cache", CURIOUS)).containsExactly("p2", "p3");
        assertThat(shard.counter("least-gpu-cache", "substituted_unmeasured")).as("requests without data").isOne();
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).as("not again at once").containsExactly("p2");

        shard.advance(Duration.ofSeconds(11));
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).containsExactly("p2", "p3");
    }

    @Test
    void shouldProbeAlsoWithinAnExpression() {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, .4, NONE);
        String expression = "least-gpu-cache:1,least-kv-cache:1";
        assertThat(LoadFleet.taken(shard, expression)).containsExactly("p2");
        shard.advance(Duration.ofSeconds(11));
        assertThat(LoadFleet.taken(shard, expression)).containsExactly("p2", "p3");
    }

    @Test
    void shouldNeverProbeWhereToldSo() {
        TestShard.Builder builder = TestShard.builder();
        for (RouterProvider provider : List.of(new LoadProviders.LeastGpuCache())) {
            builder.router(provider, Map.of("probe-interval", "0s"));
        }
        TestShard shard = builder.build();
        shard.fleet().add("p1", "p2");
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, NONE);
        LoadFleet.pod(shard, "least-gpu-cache");
        shard.advance(Duration.ofHours(1));
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).containsExactly("p1");
    }

    @Test
    void shouldWaitAnewForAnotherPodInTheSameSlot() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, NONE);
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).containsExactly("p1");
        shard.advance(Duration.ofSeconds(9));
        shard.fleet().replace("p2");
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).containsExactly("p1");
        shard.advance(Duration.ofSeconds(9));
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).containsExactly("p1");
        shard.advance(Duration.ofSeconds(2));
        assertThat(LoadFleet.taken(shard, "least-gpu-cache")).containsExactly("p1", "p2");
    }

    @Test
    void shouldGoByRequestsInFlightWhereOnlyPodsThatMayNotBeChosenHaveData() {
        TestShard shard = LoadFleet.of(3);
        shard.fleet().label("p2", "tier", "gold").label("p3", "tier", "gold");
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .1, NONE, NONE);
        LoadFleet.inFlight(shard, 0, 5, 3);
        Routed routed = shard.submit("least-gpu-cache", CURIOUS, "tier=gold", List.of());
        shard.serve();
        assertThat(routed.pod()).isEqualTo("p3");
        assertThat(routed.headers()).containsEntry("x-penstock-routing", "least-gpu-cache=unmeasured");
    }

    // ---- which figures

    @Test
    void shouldSeeAFleetThatHasChangedAtOnce() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, .4);
        assertThat(LoadFleet.pod(shard, "least-gpu-cache")).isEqualTo("p2");
        shard.fleet().add("p3");
        shard.load().gauge(shard.pod("p3"), Gauge.KV_CACHE_USAGE, .1);
        assertThat(LoadFleet.pod(shard, "least-gpu-cache")).isEqualTo("p3");
        shard.fleet().remove("p3");
        assertThat(LoadFleet.pod(shard, "least-gpu-cache")).isEqualTo("p2");
    }

    @Test
    void shouldGoByTheFiguresOfTheModelThatIsAskedFor() {
        TestShard shard = LoadFleet.of(2);
        shard.fleet().model("other", "p1", "p2");
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, .4);
        shard.load().gauge(shard.pod("p1"), "other", Gauge.KV_CACHE_USAGE, .1)
                .gauge(shard.pod("p2"), "other", Gauge.KV_CACHE_USAGE, .9);
        assertThat(LoadFleet.pod(shard, "least-gpu-cache")).isEqualTo("p2");
        assertThat(LoadFleet.pod(shard, "least-gpu-cache", FakeRequest.plain().withModel("other"))).isEqualTo("p1");
    }
}
