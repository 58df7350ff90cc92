package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Endpoints that have as many requests in flight as they may have. */
class InFlightLimitTest {

    private static TestShard shard(Consumer<RoutingContext> router) {
        TestShard shard = TestShard.of(ScriptedProvider.of("r", router));
        shard.fleet().add("p1", "p2");
        return shard;
    }

    private static Routed route(TestShard shard, int most, PodView... excluded) {
        Routed routed = EngineParts.submit(shard, "r", most, List.of(excluded));
        shard.serve();
        return routed;
    }

    private static void first(RoutingContext context) {
        context.select(context.candidates().get(0));
    }

    @Test
    void shouldFillEachEndpointAndThenRefuse() {
        TestShard shard = shard(InFlightLimitTest::first);
        List<String> pods = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pods.add(route(shard, 2).pod());
        }
        assertThat(pods).containsExactly("p1", "p1", "p2", "p2");
        int calls = EngineParts.calls(shard);
        assertThat(route(shard, 2).error()).isEqualTo(ErrorCode.REPLICA_INFLIGHT_EXCEEDED);
        assertThat(EngineParts.calls(shard)).as("calls of a router").isEqualTo(calls);
    }

    @Test
    void shouldFillNoFurtherInOneTurn() {
        TestShard shard = shard(InFlightLimitTest::first);
        List<Routed> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(EngineParts.submit(shard, "r", 1, List.of()));
        }
        shard.serve();
        assertThat(all.stream().filter(routed -> routed.error() == null)).hasSize(2);
        assertThat(all.subList(2, 5)).allMatch(routed -> routed.error() == ErrorCode.REPLICA_INFLIGHT_EXCEEDED);
    }

    @Test
    void shouldHaveRoomAgainWhenOneEnds() {
        TestShard shard = shard(InFlightLimitTest::first);
        Routed one = route(shard, 1);
        route(shard, 1);
        assertThat(route(shard, 1).error()).isEqualTo(ErrorCode.REPLICA_INFLIGHT_EXCEEDED);
        one.ended(Usage.UNKNOWN);
        assertThat(route(shard, 1).pod()).isEqualTo("p1");
    }

    @Test
    void shouldNotCallItFullWhereNoneWasWanted() {
        TestShard shard = shard(InFlightLimitTest::first);
        assertThat(route(shard, 1, shard.pod("p1"), shard.pod("p2")).error())
                .isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
    }

    @Test
    void shouldNotTakeAnEndpointThatHasFilledUpWhileItsRouterThought() {
        ArrayDeque<RoutingContext> waiting = new ArrayDeque<>();
        TestShard shard = shard(waiting::add);
        Routed one = EngineParts.submit(shard, "r", 1, List.of());
        Routed other = EngineParts.submit(shard, "r", 1, List.of());
        Routed third = EngineParts.submit(shard, "r", 1, List.of());
        shard.serve();
        PodView p1 = shard.pod("p1");
        waiting.forEach(context -> context.select(p1));
        shard.serve();
        assertThat(one.pod()).isEqualTo("p1");
        assertThat(other.pod()).as("by the fallback").isEqualTo("p2");
        assertThat(third.error()).isEqualTo(ErrorCode.REPLICA_INFLIGHT_EXCEEDED);
    }

    @Test
    void shouldNotSendToAnEndpointThatIsOutBecauseTheOthersAreFull() {
        TestShard shard = shard(InFlightLimitTest::first);
        EngineParts.health(shard).state(shard.pod("p2"), Health.State.EJECTED);
        assertThat(route(shard, 1).pod()).isEqualTo("p1");
        assertThat(route(shard, 1).error()).isEqualTo(ErrorCode.REPLICA_INFLIGHT_EXCEEDED);
    }
}
