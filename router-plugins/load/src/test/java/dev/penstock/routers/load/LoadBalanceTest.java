package dev.penstock.routers.load;

import static dev.penstock.routers.load.LoadFleet.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.TestShard;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LoadBalanceTest {

    private static final String STRATEGY = "load-balance";

    @Test
    void shouldTakeThePodThatIsThroughSoonest() {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.inFlight(shard, 4, 8, 3);
        LoadFleet.report(shard, Gauge.COMPLETION_RATE, 1, 4, .5);
        assertThat(LoadFleet.taken(shard, STRATEGY)).containsExactly("p2");
    }

    @Test
    void shouldGoByItsOwnCountOfCompletionsWhereEnginesTellNone() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.inFlight(shard, 4, 3);
        shard.load().completionRate(shard.pod("p1"), 4).completionRate(shard.pod("p2"), 1);
        assertThat(LoadFleet.taken(shard, STRATEGY)).containsExactly("p1");
        assertThat(shard.counter(STRATEGY, "substituted_in_flight")).isZero();
    }

    @Test
    void shouldBreakTiesByKvCacheAndThenAtRandom() {
        TestShard shard = LoadFleet.of(4);
        LoadFleet.inFlight(shard, 2, 1, 2, 1);
        LoadFleet.report(shard, Gauge.COMPLETION_RATE, 4, 2, 4, 1);
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, .5, .5, 0);
        assertThat(LoadFleet.taken(shard, STRATEGY)).containsExactly("p1", "p2", "p3");
        LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .5, .4, NONE, 0);
        assertThat(LoadFleet.taken(shard, STRATEGY)).containsExactly("p2");
    }

    // [QUIRK] AIBrix takes 1 a second for a rate that it does not know: of pods that do 20, a new one would get little.
    @Test
    void shouldTakeAPodOfUnknownRateForAnAverageOne() {
        TestShard shard = LoadFleet.of(3);
        LoadFleet.report(shard, Gauge.COMPLETION_RATE, 10, 30, NONE);
        Map<String, Integer> taken = fill(shard, 120);
        assertThat(taken).containsEntry("p1", 20).containsEntry("p2", 60).containsEntry("p3", 40);
        assertThat(shard.counter(STRATEGY, "substituted_mean_rate")).isEqualTo(40);
    }

    @Test
    void shouldNotTakeAPodThatHadNothingToDoForASlowOne() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.report(shard, Gauge.COMPLETION_RATE, 19, 0);
        Map<String, Integer> taken = fill(shard, 210);
        assertThat(taken.get("p2")).as("at least a tenth of the mean").isBetween(9, 11);
    }

    @Test
    void shouldTellWhoWantsToKnowThatARateIsAssumed() {
        TestShard shard = LoadFleet.of(2);
        LoadFleet.inFlight(shard, 9, 0);
        LoadFleet.report(shard, Gauge.COMPLETION_RATE, 2, NONE);
        assertThat(shard.route(STRATEGY, FakeRequest.plain().wantingNotes()).headers())
                .containsEntry("x-penstock-routing", "load-balance=mean_rate");
    }

    @Test
    void shouldTakeAPodOfAnAdapterThatDoesNotServeTheBaseModelForAnAverageOne() {
        for (String strategy : List.of(STRATEGY, "least-load", "least-kv-cache")) {
            TestShard shard = LoadFleet.of(3);
            shard.fleet().adapter("lora", "base", "p2", "p3").model("base", "p1", "p2");
            LoadFleet.report(shard, Gauge.COMPLETION_RATE, 1, 1, 1);
            LoadFleet.report(shard, Gauge.WAITING, 1, 1, 1);
            LoadFleet.report(shard, Gauge.KV_CACHE_USAGE, .1, .1, .1);
            LoadFleet.inFlight(shard, 0, 1, 50);
            assertThat(LoadFleet.pod(shard, strategy, FakeRequest.plain().withModel("lora"))).as(strategy)
                    .isEqualTo("p2");
        }
    }

    /** Sends requests that do not end. */
    private static Map<String, Integer> fill(TestShard shard, int requests) {
        Map<String, Integer> taken = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            taken.merge(String.valueOf(shard.route(STRATEGY).pod()), 1, Integer::sum);
        }
        return taken;
    }
}
