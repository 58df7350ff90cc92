package dev.penstock.routers.slo;

import static dev.penstock.routers.slo.SloFleet.PACK;
import static dev.penstock.routers.slo.SloFleet.SLO;
import static dev.penstock.routers.slo.SloFleet.WITHIN_TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Targets;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long requests wait, what wakes them, and what they get when they have waited in vain. */
class SloQueueingTest {

    /** A fleet of one pod that carries one request, which runs. */
    private static SloFleet busy(Map<String, String> settings) {
        SloFleet fleet = SloFleet.of(1, settings).share(1);
        fleet.submit(fleet.request("running"));
        return fleet;
    }

    private static void advance(SloFleet fleet, Duration by) {
        fleet.shard().advance(by);
    }

    // ---- what wakes

    @Test
    void shouldServeWhatWaitsWhenAPodIsAdded() {
        try (SloFleet fleet = busy(Map.of())) {
            Routed waiting = fleet.submit(fleet.request("waiting"));
            assertThat(waiting.answered()).isFalse();
            fleet.shard().fleet().add("p2");
            fleet.shard().serve();
            assertThat(waiting.pod()).as("[BUG] nobody looks there").isEqualTo("p2");
            assertThat(waiting.fallbackReason()).isNull();
        }
    }

    @Test
    void shouldServeWhatWaitsWhenAPodBecomesReady() {
        try (SloFleet fleet = SloFleet.of(2).share(1)) {
            fleet.shard().fleet().ready("p2", false);
            fleet.submit(fleet.request("running"));
            Routed waiting = fleet.submit(fleet.request("waiting"));
            fleet.shard().fleet().ready("p2", true);
            fleet.shard().serve();
            assertThat(waiting.pod()).isEqualTo("p2");
        }
    }

    @Test
    void shouldNotSendToAPodThatHasLeftMeanwhile() {
        try (SloFleet fleet = SloFleet.of(2).share(1)) {
            Routed one = fleet.submit(fleet.request("1"));
            Routed two = fleet.submit(fleet.request("2"));
            Routed waiting = fleet.submit(fleet.request("3"));
            fleet.shard().fleet().remove(Objects.requireNonNull(one.pod()));
            fleet.end(one);
            assertThat(waiting.answered()).as("[BUG] a stale list of pods there").isFalse();
            fleet.end(two);
            assertThat(waiting.pod()).isEqualTo(two.pod());
        }
    }

    @Test
    void shouldServeWhatWaitsWhenAProfileChanges() {
        try (SloFleet fleet = busy(Map.of())) {
            Routed waiting = fleet.submit(fleet.request("waiting"));
            fleet.shard().forecasts().noProfile(FakeFleet.MODEL, "");
            advance(fleet, Duration.ofMillis(50));
            assertThat(waiting.pod()).as("[BUG] nobody looks there").isEqualTo("p1");
            assertThat(fleet.count("substituted_in_flight")).isEqualTo(1);
        }
    }

    @Test
    void shouldServeWhatWaitsWhenOtherReplicasHaveLessInFlight() {
        try (SloFleet fleet = SloFleet.of(1).share(0.5)) {
            fleet.shard().load().pendingLoad(fleet.shard().pod("p1"), 0.8);
            Routed waiting = fleet.submit(fleet.request("waiting"));
            assertThat(fleet.shard().nextWakeUp()).isEqualTo(Duration.ofMillis(50));
            fleet.shard().load().pendingLoad(fleet.shard().pod("p1"), 0.5);
            advance(fleet, Duration.ofMillis(50));
            assertThat(waiting.pod()).isEqualTo("p1");
        }
    }

    @Test
    void shouldServeWhatWaitsWhenARequestOfAnotherRouterEnds() {
        try (SloFleet fleet = SloFleet.of(1).share(1)) {
            Routed other = fleet.submit(PACK, fleet.request("other"));
            Routed waiting = fleet.submit(fleet.request("waiting"));
            assertThat(waiting.answered()).isFalse();
            fleet.end(other);
            assertThat(waiting.pod()).isEqualTo("p1");
        }
    }

    @Test
    void shouldNotWakeUpWhereNothingWaits() {
        try (SloFleet fleet = busy(Map.of())) {
            assertThat(fleet.shard().nextWakeUp()).isNull();
        }
    }

    // ---- who leaves

    @Test
    void shouldForgetWhoHasGoneAtOnce() {
        try (SloFleet fleet = busy(Map.of("max-queued", "1"))) {
            Routed gone = fleet.submit(fleet.request("gone"));
            assertThat(fleet.shard().queued(FakeFleet.MODEL)).isEqualTo(1);
            gone.cancel();
            fleet.shard().serve();
            assertThat(fleet.shard().queued(FakeFleet.MODEL)).isZero();
            Routed next = fleet.submit(fleet.request("next"));
            assertThat(next.answered()).as("there is room for it").isFalse();
        }
    }

    @Test
    void shouldServeThoseBehindOneThatHasGone() {
        try (SloFleet fleet = SloFleet.of(1).profile(twoSizes(0.4, 0.9))) {
            fleet.submit(fleet.request("running", 8));
            Routed large = fleet.submit(fleet.request("large", 4096).withPriority(1));
            Routed small = fleet.submit(fleet.request("small", 8));
            assertThat(small.answered()).as("less urgent").isFalse();
            large.cancel();
            fleet.shard().serve();
            assertThat(small.pod()).isEqualTo("p1");
        }
    }

    /** Prompts of up to 180 tokens take one share, longer ones another. */
    static GpuProfile twoSizes(double small, double large) {
        return new GpuProfile(FakeFleet.MODEL, "", 1, 1, GpuProfile.Axis.of(8), GpuProfile.Axis.of(8, 4096), Map.of(
                Measure.THROUGHPUT, GpuProfile.Table.of(new double[][] {{1 / small, 1 / large}}),
                Measure.E2E, GpuProfile.Table.of(new double[][] {{1, 1}})), WITHIN_TEN_SECONDS);
    }

    @Test
    void shouldSayThatThePoolIsEmpty() {
        try (SloFleet fleet = busy(Map.of())) {
            List<Routed> waiting = List.of(fleet.submit(fleet.request("1")), fleet.submit(fleet.request("2")));
            fleet.shard().fleet().ready("p1", false);
            fleet.shard().serve();
            assertThat(waiting).allMatch(routed -> routed.error() == ErrorCode.NO_READY_POD);
            assertThat(fleet.count("pool_empty")).isEqualTo(2);
            assertThat(fleet.shard().queued(FakeFleet.MODEL)).isZero();
            assertThat(fleet.submit(fleet.request("3")).error()).isEqualTo(ErrorCode.NO_READY_POD);
        }
    }

    @Test
    void shouldSayThatTheModelHasLeft() {
        try (SloFleet fleet = busy(Map.of())) {
            Routed waiting = fleet.submit(fleet.request("1"));
            fleet.shard().fleet().remove("p1");
            fleet.shard().serve();
            assertThat(waiting.error()).isEqualTo(ErrorCode.NO_READY_POD);
        }
    }

    @Test
    void shouldAnswerWhatHasLostItsOwnCandidates() {
        try (SloFleet fleet = SloFleet.of(2).share(1)) {
            fleet.shard().fleet().label("p1", "tier", "gold");
            fleet.submit(fleet.request("1"));
            fleet.submit(fleet.request("2"));
            Routed gold = fleet.shard().submit(SLO, fleet.request("3"), "tier=gold", List.of());
            fleet.shard().serve();
            assertThat(gold.answered()).isFalse();
            fleet.shard().fleet().label("p1", "tier", "lead");
            fleet.shard().serve();
            assertThat(gold.error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
        }
    }

    // ---- deadlines

    @Test
    void shouldRefuseWhatHasWaitedForTooLong() {
        try (SloFleet fleet = busy(Map.of("max-wait", "3s"))) {
            Routed waiting = fleet.submit(fleet.request("1"));
            advance(fleet, Duration.ofMillis(2_999));
            Routed later = fleet.submit(fleet.request("2"));
            assertThat(waiting.answered()).isFalse();
            advance(fleet, Duration.ofMillis(1));
            assertThat(waiting.error()).as("[BUG] waits for ever there").isEqualTo(ErrorCode.QUEUE_TIMEOUT);
            assertThat(ErrorCode.QUEUE_TIMEOUT.status()).isEqualTo(429);
            assertThat(later.answered()).isFalse();
            advance(fleet, Duration.ofSeconds(3));
            assertThat(later.error()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
            assertThat(fleet.count("queue_timeout")).isEqualTo(2);
        }
    }

    @Test
    void shouldBeBeforeTheDeadlineOfTheHost() {
        try (SloFleet fleet = busy(Map.of("max-wait", "10m"))) {
            Routed waiting = fleet.submit(fleet.request("1"));
            advance(fleet, Duration.ofMillis(59_979));
            assertThat(waiting.answered()).isFalse();
            advance(fleet, Duration.ofMillis(1));
            assertThat(waiting.error()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
        }
    }

    @Test
    void shouldRefuseWhatCannotKeepToTheTimeThatItsClientAsksFor() {
        try (SloFleet fleet = SloFleet.of(1).profile(SloFleet.profile("", 1, 10, WITHIN_TEN_SECONDS))) {
            // The first token takes one second.
            FakeRequest soon = fleet.request("1").withSlo(900_000_000L, -1);
            assertThat(fleet.submit(soon).error()).isEqualTo(ErrorCode.SLO_UNATTAINABLE);
            assertThat(fleet.submit(fleet.request("2").withSlo(1_100_000_000L, -1)).pod()).isEqualTo("p1");
            Routed waiting = fleet.submit(fleet.request("3").withSlo(1_100_000_000L, -1));
            assertThat(waiting.answered()).isFalse();
            advance(fleet, Duration.ofMillis(101));
            assertThat(waiting.error()).as("a second is more than is left").isEqualTo(ErrorCode.SLO_UNATTAINABLE);
        }
    }

    @Test
    void shouldRefuseAtTheTimeThatItsClientAsksForWhereNothingIsMeasured() {
        try (SloFleet fleet = SloFleet.of(1, Map.of("max-in-flight", "1"))) {
            fleet.submit(fleet.request("running"));
            Routed waiting = fleet.submit(fleet.request("1").withSlo(200_000_000L, -1));
            advance(fleet, Duration.ofMillis(199));
            assertThat(waiting.answered()).isFalse();
            advance(fleet, Duration.ofMillis(1));
            assertThat(waiting.error()).isEqualTo(ErrorCode.SLO_UNATTAINABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseWhatWillBeLateIfAsked(boolean shedLate) {
        try (SloFleet fleet = busy(Map.of("shed-late", "" + shedLate))) {
            Routed waiting = fleet.submit(fleet.request("1"));
            advance(fleet, Duration.ofMillis(9_050));
            assertThat(waiting.answered()).isEqualTo(shedLate);
        }
    }

    // ---- bounds

    @Test
    void shouldHoldSoManyRequestsOnly() {
        try (SloFleet fleet = busy(Map.of("max-queued", "3"))) {
            List<Routed> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(fleet.submit(fleet.request("" + i)));
            }
            assertThat(waiting).noneMatch(Routed::answered);
            Routed fourth = fleet.submit(fleet.request("4"));
            assertThat(fourth.error()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(fleet.count("queue_full")).isEqualTo(1);
            assertThat(fleet.count("waited")).isEqualTo(3);
        }
    }

    @Test
    void shouldHoldSoManyBytesOnly() {
        try (SloFleet fleet = busy(Map.of("max-queued-bytes", "1000"))) {
            assertThat(fleet.submit(fleet.request("1").withBodyBytes(600)).answered()).isFalse();
            assertThat(fleet.submit(fleet.request("2").withBodyBytes(401)).error()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(fleet.submit(fleet.request("3").withBodyBytes(400)).answered()).isFalse();
        }
    }

    @Test
    void shouldNotAskForTheSizeOfWhatNeedNotWait() {
        try (SloFleet fleet = SloFleet.of(1, Map.of("max-queued-bytes", "1000")).share(1)) {
            assertThat(fleet.submit(fleet.request("1").withBodyBytes(5_000)).pod()).isEqualTo("p1");
            assertThat(fleet.submit(fleet.request("2").withBodyBytes(5_000)).error()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(fleet.shard().queued(FakeFleet.MODEL)).isZero();
        }
    }

    @Test
    void shouldSendWhatTakesMoreThanAPodToAnIdleOne() {
        try (SloFleet fleet = SloFleet.of(1).share(3)) {
            Routed first = fleet.submit(fleet.request("1"));
            assertThat(first.pod()).as("[BUG] waits for ever there").isEqualTo("p1");
            Routed second = fleet.submit(fleet.request("2"));
            assertThat(second.answered()).isFalse();
            fleet.end(first);
            assertThat(second.pod()).isEqualTo("p1");
        }
    }

    /** One that may go to some pods only is looked at apart from those that may go to all, and before them or after. */
    @Test
    void shouldSendEachToItsOwnCandidatesWhoeverElseIsSent() {
        try (SloFleet fleet = SloFleet.of(4).group("a", "p1", "p2").group("b", "p3", "p4")) {
            fleet.shard().fleet().label("p4", "tier", "gold");
            for (int i = 0; i < 12; i++) {
                Routed gold = fleet.shard().submit(SLO, fleet.request("gold " + i), "tier=gold", List.of());
                Routed any = fleet.submit(fleet.request("any " + i));
                assertThat(gold.pod()).isEqualTo("p4");
                assertThat(any.pod()).as("group a comes first, and has room").isIn("p1", "p2");
            }
            fleet.shard().fleet().remove("p1").add("p5");
            fleet.shard().fleet().group("p5", "a");
            // Requests that were sent to p1 are still counted at its slot, which p5 has now.
            fleet.shard().load().inFlight(fleet.shard().pod("p2"), 50);
            assertThat(fleet.submit(fleet.request("next")).pod()).as("the least loaded one").isEqualTo("p5");
        }
    }

    @Test
    void shouldHeedAProfileThatComesBetweenTwoRequests() {
        try (SloFleet fleet = SloFleet.of(1)) {
            assertThat(fleet.submit(fleet.request("1")).pod()).isEqualTo("p1");
            assertThat(fleet.count("substituted_in_flight")).isEqualTo(1);
            fleet.share(0.6);
            assertThat(fleet.submit(fleet.request("2")).pod()).isEqualTo("p1");
            assertThat(fleet.submit(fleet.request("3")).answered()).isFalse();
            assertThat(fleet.count("substituted_in_flight")).isEqualTo(1);
        }
    }

    // ---- several models and groups

    @Test
    void shouldKeepModelsApart() {
        try (SloFleet fleet = busy(Map.of("max-queued", "1"))) {
            fleet.shard().fleet().model("other", "p1");
            fleet.shard().serve();
            Routed ours = fleet.submit(fleet.request("1"));
            Routed other = fleet.submit(fleet.request("2").withModel("other"));
            assertThat(other.pod()).as("without a profile of its own").isEqualTo("p1");
            assertThat(ours.answered()).isFalse();
        }
    }

    @Test
    void shouldTryTheGroupThatIsInTimeFirst() {
        Targets targets = new Targets(99, 0, 0, 4, 0, 0, 0);
        try (SloFleet fleet = SloFleet.of(3).group("fast", "p1").group("slow", "p2", "p3")
                .profile(SloFleet.profile("fast", 1, 1, targets)).profile(SloFleet.profile("slow", 1, 3, targets))) {
            Routed first = fleet.submit(fleet.request("1"));
            assertThat(first.pod()).isEqualTo("p1");
            assertThat(fleet.submit(fleet.request("2")).pod()).as("in time there, too").isIn("p2", "p3");
            Routed third = fleet.submit(fleet.request("3").withArrivalNanos(fleet.shard().clock().nanoTime()
                    - 2_000_000_000L));
            assertThat(third.answered()).as("late in the slow group, in time in the fast one").isFalse();
            fleet.end(first);
            assertThat(third.pod()).isEqualTo("p1");
        }
    }

    @Test
    void shouldUseAGroupWithoutProfileLast() {
        try (SloFleet fleet = SloFleet.of(2, Map.of("max-in-flight", "1")).group("measured", "p1").group("new", "p2")
                .profile(SloFleet.profile("measured", 1, 1, WITHIN_TEN_SECONDS))) {
            assertThat(fleet.submit(fleet.request("1")).pod()).isEqualTo("p1");
            assertThat(fleet.submit(fleet.request("2")).pod()).isEqualTo("p2");
            assertThat(fleet.submit(fleet.request("3")).answered()).isFalse();
            assertThat(fleet.count("substituted_in_flight")).isEqualTo(1);
        }
    }

    @Test
    void shouldSendTheLatestKindFirst() {
        // Long prompts may take as long as short ones, and take longer.
        GpuProfile profile = new GpuProfile(FakeFleet.MODEL, "", 1, 1, GpuProfile.Axis.of(8),
                GpuProfile.Axis.of(8, 4096), Map.of(
                        Measure.THROUGHPUT, GpuProfile.Table.of(new double[][] {{1, 1.0 / 8}}),
                        Measure.E2E, GpuProfile.Table.of(new double[][] {{1, 8}})), WITHIN_TEN_SECONDS);
        try (SloFleet fleet = SloFleet.of(1).profile(profile)) {
            Routed running = fleet.submit(fleet.request("running", 8));
            Routed small = fleet.submit(fleet.request("small", 8));
            Routed large = fleet.submit(fleet.request("large", 4096));
            Routed alsoLarge = fleet.submit(fleet.request("also large", 4000));
            fleet.end(running);
            assertThat(large.pod()).isEqualTo("p1");
            assertThat(small.answered() || alsoLarge.answered()).isFalse();
            advance(fleet, Duration.ofSeconds(1));
            fleet.end(large);
            assertThat(alsoLarge.pod()).as("first come of its kind").isEqualTo("p1");
            fleet.end(alsoLarge);
            assertThat(small.pod()).isEqualTo("p1");
        }
    }
}
