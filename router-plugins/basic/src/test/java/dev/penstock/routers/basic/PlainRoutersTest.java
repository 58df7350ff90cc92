package dev.penstock.routers.basic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRoutersTest {

    private static final int ROUNDS = 3_000;

    @Test
    void shouldOfferFiveStrategies() {
        assertThat(Arrays.stream(BasicRouters.providers()).filter(provider -> !provider.filters() && !provider.picks()))
                .extracting(RouterProvider::name).containsExactlyInAnyOrder("random", "round-robin", "least-request",
                        "power-of-two", "session-affinity");
        assertThat(Arrays.stream(BasicRouters.providers()).filter(RouterProvider::scores))
                .extracting(RouterProvider::name).containsExactlyInAnyOrder("least-request", "session-affinity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "round-robin", "least-request", "power-of-two", "session-affinity"})
    void shouldTakeTheOnlyPod(String strategy) {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("p1");
        Routed outcome = shard.route(strategy);
        assertThat(outcome.pod()).isEqualTo("p1");
        assertThat(outcome.fallbackReason()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "round-robin", "least-request", "power-of-two", "session-affinity"})
    void shouldAnswerNoReadyPodWhereNoneIs(String strategy) {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("p1").ready("p1", false);
        assertThat(shard.route(strategy).error()).isEqualTo(ErrorCode.NO_READY_POD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "round-robin", "least-request", "power-of-two", "session-affinity"})
    void shouldNeverTakeAnExcludedOrFilteredPod(String strategy) {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("p1", "p2", "p3", "p4").label("p3", "tier", "spot");
        for (int i = 0; i < 200; i++) {
            Routed submitted = shard.submit(strategy, FakeRequest.plain(), "tier notin (spot)",
                    List.of(shard.pod("p1")));
            shard.serve();
            assertThat(submitted.pod()).isIn("p2", "p4");
        }
    }

    @Test
    void shouldSpreadRandomEvenly() {
        assertEven(counts("random", 3), 3, 0.1);
    }

    @Test
    void shouldTakeEachPodInTurn() {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("p1", "p2", "p3");
        for (int round = 0; round < 10; round++) {
            List<String> taken = Stream.generate(() -> String.valueOf(shard.route("round-robin").pod())).limit(3)
                    .toList();
            assertThat(taken).containsExactlyInAnyOrder("p1", "p2", "p3");
        }
    }

    @Test
    void shouldGiveEachModelATurnOfItsOwn() {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("p1", "p2").model("other", "p1", "p2");
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            counts.merge(String.valueOf(shard.route("round-robin").pod()), 1, Integer::sum);
            shard.route("round-robin", FakeRequest.plain().withModel("other"));
        }
        assertThat(counts).containsEntry("p1", 5).containsEntry("p2", 5);
    }

    @Test
    void shouldGoOnInTurnWhenTheFleetChanges() {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("p1", "p2").model("other", "p2");
        shard.route("round-robin", FakeRequest.plain().withModel("other"));
        shard.fleet().remove("p2").add("p3");
        List<String> taken = Stream.generate(() -> String.valueOf(shard.route("round-robin").pod())).limit(2)
                .toList();
        assertThat(taken).containsExactlyInAnyOrder("p1", "p3");
    }

    static Stream<LeastRequestFact> leastRequestFacts() {
        return Stream.of(
                new LeastRequestFact("1,2,3,9", List.of(1, 2, 3, 9), List.of("p1")),
                new LeastRequestFact("1,5,1", List.of(1, 5, 1), List.of("p1", "p3")),
                new LeastRequestFact("p1:1, p2 without metric counts as 0", List.of(1, 0), List.of("p2")),
                new LeastRequestFact("none", List.of(0, 0, 0), List.of("p1", "p2", "p3")));
    }

    record LeastRequestFact(String name, List<Integer> inFlight, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("leastRequestFacts")
    void shouldTakeTheLeastLoadedAndAnyOfEquals(LeastRequestFact fact) {
        Map<String, Integer> taken = new TreeMap<>();
        TestShard shard = BasicRouters.shard();
        load(shard, fact.inFlight());
        for (int i = 0; i < 200; i++) {
            taken.merge(String.valueOf(shard.routeAndEnd("least-request").pod()), 1, Integer::sum);
        }
        assertThat(taken.keySet()).containsExactlyElementsOf(fact.expected());
    }

    // [BUG] AIBrix answers 503 where the winner is a pod of one port, and counts all ports of a pod together.
    @Test
    void shouldTakeTheLeastLoadedPortWhereSomePodsServeOnSeveral() {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("a-0", "1.1.1.1", 8000, "").add("a-1", "1.1.1.1", 8001, "").add("b", "1.1.1.2", 8000, "");
        shard.load().inFlight(shard.pod("a-0"), 20).inFlight(shard.pod("a-1"), 1).inFlight(shard.pod("b"), 3);
        assertThat(shard.routeAndEnd("least-request").address()).isEqualTo("1.1.1.1:8001");
        assertThat(shard.routeAndEnd("least-request:1,session-affinity:100").address()).isEqualTo("1.1.1.1:8001");
        shard.load().inFlight(shard.pod("a-1"), 4);
        assertThat(shard.routeAndEnd("least-request").address()).isEqualTo("1.1.1.2:8000");
    }

    @Test
    void shouldSpreadTiesOfLeastRequestEvenly() {
        assertEven(counts("least-request", 4), 4, 0.1);
    }

    @Test
    void shouldKeepRequestsInFlightWithinOneOfEachOther() {
        TestShard shard = BasicRouters.shard();
        shard.fleet().add("p1", "p2", "p3", "p4", "p5");
        for (int i = 1; i <= 500; i++) {
            shard.route("least-request");
            int least = i / 5;
            for (String pod : List.of("p1", "p2", "p3", "p4", "p5")) {
                assertThat(shard.load().inFlight(shard.pod(pod))).isBetween(least, least + 1);
            }
        }
    }

    @Test
    void shouldNeverTakeTheMostLoadedOfTwoChoices() {
        TestShard shard = BasicRouters.shard();
        load(shard, List.of(5, 10, 0));
        for (int i = 0; i < 300; i++) {
            assertThat(shard.routeAndEnd("power-of-two").pod()).isIn("p1", "p3");
        }
    }

    @Test
    void shouldDrawEachPairOfTwoChoicesEquallyOften() {
        TestShard shard = BasicRouters.shard();
        load(shard, List.of(5, 10, 0));
        int least = 0;
        for (int i = 0; i < ROUNDS; i++) {
            least += "p3".equals(shard.routeAndEnd("power-of-two").pod()) ? 1 : 0;
        }
        // Two of the three pairs hold the idle pod.
        assertThat(least / (double) ROUNDS).isBetween(0.6, 0.73);
    }

    @Test
    void shouldTakeTheFirstOfTwoEqualChoicesSoThatEqualPodsGetEqualShares() {
        assertEven(counts("power-of-two", 4), 4, 0.15);
    }

    @ParameterizedTest
    @ValueSource(strings = {"least-request", "power-of-two"})
    void shouldCountWhatReplicasHaveInFlightBesideWhatItHasItself(String strategy) {
        TestShard shard = BasicRouters.shard();
        load(shard, List.of(10, 0));
        for (int i = 0; i < 10; i++) {
            assertThat(shard.route(strategy).pod()).isEqualTo("p2");
        }
        shard.load().inFlight(shard.pod("p1"), 9);
        assertThat(shard.route(strategy).pod()).isEqualTo("p1");
    }

    private static void load(TestShard shard, List<Integer> inFlight) {
        for (int i = 0; i < inFlight.size(); i++) {
            String name = "p" + (i + 1);
            shard.fleet().add(name);
            shard.load().inFlight(shard.pod(name), inFlight.get(i));
        }
    }

    private static Map<String, Integer> counts(String strategy, int pods) {
        TestShard shard = BasicRouters.shard();
        load(shard, Collections.nCopies(pods, 0));
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < ROUNDS; i++) {
            counts.merge(String.valueOf(shard.routeAndEnd(strategy).pod()), 1, Integer::sum);
        }
        return counts;
    }

    private static void assertEven(Map<String, Integer> counts, int pods, double tolerance) {
        double share = ROUNDS / (double) pods;
        assertThat(counts).hasSize(pods);
        assertThat(counts.values()).allSatisfy(count ->
                assertThat(count.doubleValue()).isBetween(share * (1 - tolerance), share * (1 + tolerance)));
    }
}
