package dev.penstock.routers.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.TestShard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What AIBrix's tests of multi-strategy expressions say, where they name strategies by load. */
class LoadExpressionsTest {

    @ParameterizedTest
    @ValueSource(strings = {"least-request:10,throughput:1", "least-request:1,throughput:10",
        "least-request,throughput:2,least-latency:0", "session-affinity:10,least-request:1",
        "prefix-cache:1,least-request:2", "prefix-cache:6,least-request,throughput", "least-request", "throughput"})
    void shouldTakeThePodThatIsBetterByAll(String expression) {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.inFlight(shard, 10, 2);
        tokens(shard, new double[] {100, 10}, new double[] {50, 5});
        assertThat(LoadFleet.taken(shard, expression)).containsExactly("p2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"least-request; p1", "throughput; p2", "least-request:1,throughput:1; p3"})
    void shouldTakeTheMiddleWayWhereTwoDisagree(String expression, String pod) {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.inFlight(shard, 1, 50, 10);
        tokens(shard, new double[] {500, 5, 50}, new double[] {500, 5, 50});
        assertThat(LoadFleet.taken(shard, expression)).containsExactly(pod);
    }

    @ParameterizedTest
    @ValueSource(strings = {"least-request:1,invalid-strategy:1", "throughput,random", "bucket:1,power-of-two:1"})
    void shouldRefuseWhatCannotBeCombined(String expression) {
        assertThat(EngineParts.strategies(LoadFleet.of(1)).parse(expression)).isNull();
    }

    @Test
    void shouldCombineEachWithAnother() {
        for (RouterProvider provider : LoadFleet.providers()) {
            if (provider.getClass().getName().startsWith(LoadProviders.class.getName())) {
                assertThat(provider.scores()).as(provider.name()).isTrue();
                TestShard shard = LoadFleet.of(2);
                LoadFleet.inFlight(shard, 40, 2);
                String expression = provider.name() + ":1,least-request:9";
                assertThat(LoadFleet.taken(shard, expression, FakeRequest.plain().withUser("ann"))).as(expression)
                        .containsExactly("p2");
                assertThat(shard.failures(provider.name())).isZero();
            }
        }
    }

    @Test
    void shouldCountASubstituteAlsoWithinAnExpression() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.RUNNING, 3, 1);
        LoadFleet.report(shard, Gauge.UTILIZATION, .1, .2);
        assertThat(shard.route("least-kv-cache:2,least-utilization:1,least-latency:1",
                FakeRequest.plain().wantingNotes()).headers()).containsEntry("x-penstock-routing",
                "least-kv-cache=engine_requests, least-latency=engine_requests");
        assertThat(shard.counter("least-kv-cache", "substituted_engine_requests")).isOne();
        assertThat(shard.counter("least-latency", "substituted_engine_requests")).isOne();
        assertThat(shard.counter("least-utilization", "substituted_engine_requests")).isZero();
    }

    private static void tokens(TestShard shard, double[] prompts, double[] answers) {
        LoadFleet.report(shard, Gauge.PROMPT_TOKENS_PER_REQUEST, prompts);
        LoadFleet.report(shard, Gauge.GENERATION_TOKENS_PER_REQUEST, answers);
    }
}
