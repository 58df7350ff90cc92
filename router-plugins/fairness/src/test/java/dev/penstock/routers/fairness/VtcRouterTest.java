package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VtcRouterTest {

    private static final String VTC = FairFleet.VTC;

    /** A light user has a place of one pod, so that others can be told from where a user goes. */
    private static TestShard fleet() {
        TestShard shard = FairFleet.of(3);
        FairFleet.running(shard, 0, 0, 0);
        FairFleet.use(shard, "light", 1, 0);
        return shard;
    }

    @Test
    void shouldCountWhatTheEngineCountedInPlaceOfTheGuess() {
        TestShard shard = fleet();
        // Guessed at 100 and 150 tokens, which would leave her at the first pod.
        FairFleet.use(shard, "ann", 200, 30_000);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p3");
        // Guessed at 100,000 tokens, used a handful.
        Routed routed = shard.route(VTC, FairFleet.of("bob").withBodyBytes(400_000));
        routed.firstByte();
        routed.ended(new Usage(2, 3));
        assertThat(FairFleet.taken(shard, "bob")).containsExactly("p1");
    }

    @Test
    void shouldCountAGuessWhileARequestRuns() {
        TestShard shard = fleet();
        Routed routed = shard.route(VTC, FairFleet.of("ann").withBodyBytes(40_000));
        assertThat(routed.pod()).isEqualTo("p1");
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p3");
        routed.ended();
        assertThat(FairFleet.taken(shard, "ann")).as("it was never answered").containsExactly("p1");
        assertThat(shard.counter(VTC, "substituted_estimated_usage")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"-1, -1, 1, p3", "-1, 0, 1, p3", "4, -1, 1, p3", "4, 0, 0, p1"})
    void shouldKeepTheGuessWhereTheEngineCountsNothing(long prompt, long answer, long substituted, String pod) {
        TestShard shard = fleet();
        Routed routed = shard.route(VTC, FairFleet.of("ann").withBodyBytes(400_000));
        routed.firstByte();
        routed.ended(new Usage(prompt, answer));
        assertThat(FairFleet.taken(shard, "ann")).containsExactly(pod);
        assertThat(shard.counter(VTC, "substituted_estimated_usage")).isEqualTo(substituted);
    }

    @Test
    void shouldForgetAfterFiveMinutes() {
        TestShard shard = fleet();
        FairFleet.use(shard, "ann", 50_000, 0);
        shard.clock().advance(Duration.ofMinutes(4));
        assertThat(FairFleet.taken(shard, "ann")).doesNotContain("p1");
        shard.clock().advance(Duration.ofMinutes(1));
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p1");
    }

    @ParameterizedTest
    @CsvSource({"seconds, PT4S, PT1S", "milliseconds, PT0.004S, PT0.001S"})
    void shouldTakeOtherUnits(String unit, Duration within, Duration more) {
        TestShard shard = FairFleet.of(3, Map.of("time-unit", unit));
        FairFleet.use(shard, "ann", 50_000, 0);
        shard.clock().advance(within);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p2");
        shard.clock().advance(more);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p1");
    }

    @Test
    void shouldTakeTheFewestInFlightWithoutAUserAndSaySo() {
        for (String user : new String[] {null, ""}) {
            TestShard shard = FairFleet.of(3);
            shard.load().inFlight(shard.pod("p1"), 5).inFlight(shard.pod("p2"), 2).inFlight(shard.pod("p3"), 7);
            FakeRequest request = FakeRequest.plain().withUser(user);
            assertThat(FairFleet.taken(shard, VTC, request)).containsExactly("p2");
            assertThat(shard.counter(VTC, "substituted_no_user")).isEqualTo(50);
            assertThat(shard.route(VTC, request.wantingNotes()).headers())
                    .containsEntry("x-penstock-routing", "vtc-basic=no_user");
        }
    }

    @Test
    void shouldCountRequestsInFlightWhereTheEngineReportsNone() {
        TestShard shard = FairFleet.of(2, Map.of("utilization-weight", "5"));
        shard.load().inFlight(shard.pod("p1"), 60);
        Routed routed = shard.route(VTC, FairFleet.of("ann").wantingNotes());
        assertThat(routed.pod()).isEqualTo("p2");
        assertThat(routed.headers()).containsEntry("x-penstock-routing", "vtc-basic=in_flight");
        assertThat(shard.counter(VTC, "substituted_in_flight")).isOne();
        FairFleet.running(shard, 0, 90);
        // More in flight than the older report says.
        assertThat(FairFleet.taken(shard, "bob")).containsExactly("p1");
        assertThat(shard.counter(VTC, "substituted_in_flight")).isOne();
    }

    @Test
    void shouldTakeEqualPodsAtRandomAndNoOther() {
        TestShard shard = FairFleet.of(3, Map.of("fairness-weight", "0"));
        FairFleet.running(shard, 10, 10, 11);
        assertThat(FairFleet.taken(shard, "ann")).as("a hundredth of a difference").containsExactly("p1", "p2");
    }

    @Test
    void shouldCountTokensWithinAnExpressionToo() {
        TestShard shard = fleet();
        String expression = "vtc-basic:3,least-request:1";
        Routed routed = shard.route(expression, FairFleet.of("ann"));
        assertThat(routed.pod()).isEqualTo("p1");
        routed.firstByte();
        routed.ended(new Usage(50_000, 0));
        assertThat(FairFleet.taken(shard, expression, FairFleet.of("ann"))).containsExactly("p3");
        // Nobody's request goes by requests in flight alone, in both parts of the sum.
        shard.load().inFlight(shard.pod("p1"), 5).inFlight(shard.pod("p3"), 5);
        assertThat(FairFleet.taken(shard, expression, FakeRequest.plain())).containsExactly("p2");
        assertThat(shard.failures(VTC)).isZero();
    }

    @Test
    void shouldCountTokensOfOtherStrategiesOnceItIsUsed() {
        TestShard shard = fleet();
        Routed routed = shard.route("least-request", FairFleet.of("ann"));
        routed.firstByte();
        routed.ended(new Usage(50_000, 0));
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p3");
    }

    @Test
    void shouldCountWhatAPairUsesOnceAndWhereItIsGenerated() {
        TestShard shard = fleet();
        Routed routed = shard.route("pair", FairFleet.of("ann").withBodyBytes(400_000));
        routed.prefilled();
        shard.serve();
        assertThat(FairFleet.taken(shard, "ann")).as("guessed while it runs").containsExactly("p3");
        routed.firstByte();
        routed.ended(new Usage(2, 3));
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p1");
        assertThat(shard.counter(VTC, "substituted_estimated_usage")).isZero();
    }

    @Test
    void shouldTellModelsApart() {
        TestShard shard = fleet();
        shard.fleet().model("other", "p1", "p2", "p3");
        FairFleet.use(shard, "ann", 50_000, 0);
        assertThat(FairFleet.taken(shard, "ann")).containsExactly("p3");
        assertThat(FairFleet.taken(shard, VTC, FairFleet.of("ann").withModel("other"))).containsExactly("p1");
    }

    @Test
    void shouldKeepAtMostSoManyUsers() {
        TestShard shard = FairFleet.of(3, Map.of("max-users", "10"));
        for (int i = 0; i < 100; i++) {
            FairFleet.use(shard, "u" + i, 100, 0);
        }
        assertThat(shard.counter(VTC, "users_forgotten")).isEqualTo(90);
    }

    @Test
    void shouldKeepOneHeavyUserAwayFromLightOnes() {
        TestShard shard = FairFleet.of(4);
        int heavy = 0;
        for (int i = 0; i < 400; i++) {
            FairFleet.use(shard, "light" + i % 20, 10, 10);
            Routed routed = shard.route(VTC, FairFleet.of("heavy"));
            heavy += "p1".equals(routed.pod()) ? 1 : 0;
            routed.firstByte();
            routed.ended(new Usage(500, 1_000));
        }
        assertThat(heavy).as("requests of the heavy user at the pod of the light ones").isLessThan(5);
        for (int i = 0; i < 20; i++) {
            assertThat(FairFleet.taken(shard, "light" + i)).containsExactly("p1");
        }
    }

    @Test
    void shouldNameAllSettingsThatCannotHold() {
        TestShard shard = FairFleet.of(2, Map.of("time-unit", "hours", "window-size", "0", "max-pod-load", "0",
                "max-tokens", "5", "max-users", "0", "output-token-weight", "-1"));
        assertThat(shard.route(VTC, FairFleet.of("ann")).fallbackReason()).isNotNull();
        assertThat(shard.failures(VTC)).isPositive();
    }
}
