package dev.penstock.routers.load;

import static dev.penstock.routers.load.LoadFleet.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeastLoadTest {

    private static final String STRATEGY = "least-load";
    /** Of 100 tokens by its size. */
    private static final FakeRequest REQUEST = FakeRequest.plain().withBodyBytes(400);

    @ParameterizedTest
    @CsvSource({
        // Waiting of p1 and p2, KV use of p1 and p2.
        "3, 1, .5, .5, p2",
        "0, 0, .6, .5, p2",
        // 1,024 tokens at 2,000 a second are 0.51 s; 0.15 k / (1 - k) is 0.6 s at 80 %.
        "1, 0, .0, .8, p1",
        "1, 0, .0, .7, p2"})
    void shouldWeighWhatWaitsAgainstTheKvCache(double waiting1, double waiting2, double kv1, double kv2, String pod) {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.WAITING, waiting1, waiting2);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, kv1, kv2);
        assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).isEqualTo(pod);
    }

    @Test
    void shouldWeighPromptsByWhatIsNotCachedOfThem() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.WAITING, 4, 3);
        LoadFleet.report(shard, Gauge.PROMPT_TOKENS_PER_REQUEST, 1_000, 1_000);
        assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).isEqualTo("p2");
        LoadFleet.report(shard, Gauge.KV_CACHE_HIT_RATE, .5, 0);
        assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).isEqualTo("p1");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldWeighPromptsByTheSpeedOfThePod(boolean tellsPrefill) {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.WAITING, 4, 3);
        LoadFleet.report(shard, Gauge.PROMPT_TOKENS_PER_REQUEST, 1_000, 1_000);
        assertThat(shard.route(STRATEGY, REQUEST.wantingNotes()).headers())
                .containsEntry("x-penstock-routing", "least-load=prefill_rate");
        if (tellsPrefill) {
            LoadFleet.report(shard, Gauge.PREFILL_SECONDS, .1, .2);
        } else {
            LoadFleet.report(shard, Gauge.TTFT_SECONDS, 1.1, .4);
            LoadFleet.report(shard, Gauge.QUEUE_SECONDS, 1, .2);
        }
        assertThat(shard.route(STRATEGY, REQUEST.wantingNotes())).satisfies(routed -> {
            assertThat(routed.pod()).isEqualTo("p1");
            assertThat(routed.headers()).isEmpty();
        });
    }

    // What happens to strategies that go by reports alone.
    @Test
    void shouldNotSendAllToOnePodBetweenTwoReports() {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.report(shard, Gauge.WAITING, 0, 0, 0);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .1, .11, .12);
        Map<String, Integer> taken = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            taken.merge(LoadFleet.pod(shard, STRATEGY, REQUEST), 1, Integer::sum);
        }
        assertThat(taken.values()).hasSize(3).allSatisfy(count -> assertThat(count).isBetween(99, 101));
    }

    @Test
    void shouldForgetWhatItSentWhenTheEngineReportsAnew() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.WAITING, 0, 1);
        // Ten of 100 tokens are as much as one that waits, of 1,024.
        for (int i = 0; i < 10; i++) {
            assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).isEqualTo("p1");
        }
        LoadFleet.pod(shard, STRATEGY, REQUEST);
        assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).isEqualTo("p2");
        LoadFleet.renew(shard);
        assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).as("reported").isEqualTo("p1");
    }

    @Test
    void shouldCountWhatOtherStrategiesSend() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.WAITING, 0, 0);
        String pod = LoadFleet.pod(shard, STRATEGY, REQUEST);
        LoadFleet.inFlight(shard, pod.equals("p1") ? 9 : 0, pod.equals("p1") ? 0 : 9);
        for (int i = 0; i < 5; i++) {
            assertThat(LoadFleet.pod(shard, "least-request", REQUEST)).isNotEqualTo(pod);
        }
        assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).isEqualTo(pod);
    }

    @Test
    void shouldTakeAPodThatReportsNothingForWhatIsInFlightThere() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.WAITING, 2, NONE);
        LoadFleet.inFlight(shard, 0, 3);
        assertThat(LoadFleet.pod(shard, STRATEGY, REQUEST)).isEqualTo("p1");
        LoadFleet.inFlight(shard, 0, 1);
        assertThat(shard.route(STRATEGY, REQUEST.wantingNotes())).satisfies(routed -> {
            assertThat(routed.pod()).isEqualTo("p2");
            assertThat(routed.headers()).containsEntry("x-penstock-routing", "least-load=in_flight");
        });
    }

    @Test
    void shouldGoByPromptsWithoutAFirstByteWhereEnginesTellTheirKvCacheAlone() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .10, .11);
        // 0.0019 s between the two are four tokens.
        assertThat(shard.route(STRATEGY, REQUEST.wantingNotes())).satisfies(routed -> {
            assertThat(routed.pod()).isEqualTo("p1");
            assertThat(routed.headers()).containsEntry("x-penstock-routing", "least-load=pending_tokens");
        });
        Routed second = shard.route(STRATEGY, REQUEST);
        assertThat(second.pod()).isEqualTo("p2");
        second.firstByte();
        assertThat(shard.route(STRATEGY, REQUEST).pod()).isEqualTo("p2");
    }
}
