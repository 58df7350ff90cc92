package dev.penstock.routers.slo;

import static dev.penstock.routers.slo.SloFleet.PACK;
import static dev.penstock.routers.slo.SloFleet.PULLING;
import static dev.penstock.routers.slo.SloFleet.PUSH;
import static dev.penstock.routers.slo.SloFleet.SLO;
import static dev.penstock.routers.slo.SloFleet.WITHIN_TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Targets;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.Routed;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What AIBrix's routers of these names do, and its tests say. */
class SloFactsTest {

    // ---- least_load_test, push

    @ParameterizedTest
    @CsvSource({"0.3, 0.1, 0.5, p2", "0.5, 0.5, 0.9, p2", "0.9, 0.7, 0.3, p3", "5, 3, 4, p2"})
    void shouldPushToTheLeastLoadedAndTheLastOfEqualOnes(double p1, double p2, double p3, String chosen) {
        assertThat(placed(PUSH, 0.2, p1, p2, p3).pod()).isEqualTo(chosen);
    }

    // ---- least_load_test, pull with a cap of 1

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "0.2, 0.5, 0.2, p2",
        "0.3, 0.8, 0.8, -",
        "0.3, 0.8, 0.2, p2",
        "0.2, 0.9, 0.8, p2",
        "0.1, 0.4, 0.4, p2",
    })
    void shouldPullWhereThereIsRoom(double share, double p1, double p2, String chosen) {
        for (String strategy : List.of(SLO, PULLING)) {
            Routed routed = placed(strategy, share, p1, p2);
            assertThat(routed.answered()).isEqualTo(chosen != null);
            assertThat(routed.answered() ? routed.pod() : null).as(strategy).isEqualTo(chosen);
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "0.2, 0.5, 0.7, 0.1, p2",
        "0.2, 0.5, 0.9, 0.1, p1",
        "0.2, 0.8, 0.9, 0.1, p1",
        "0.2, 0.9, 0.9, 0.9, -",
    })
    void shouldPackWhereThereIsJustRoom(double share, double p1, double p2, double p3, String chosen) {
        Routed routed = placed(PACK, share, p1, p2, p3);
        assertThat(routed.answered() ? routed.pod() : null).isEqualTo(chosen);
    }

    private static Routed placed(String strategy, double share, double... loads) {
        try (SloFleet fleet = SloFleet.of(loads.length).share(share)) {
            for (int i = 0; i < loads.length; i++) {
                fleet.shard().load().pendingLoad(fleet.shard().pod("p" + (i + 1)), loads[i]);
            }
            return fleet.submit(strategy, fleet.request("r"));
        }
    }

    // ---- slo_test

    private static Stream<Arguments> withoutUse() {
        Map<Measure, Double> noTpot = new EnumMap<>(Map.of(Measure.THROUGHPUT, 10.0, Measure.E2E, 1.0,
                Measure.TTFT, 0.1));
        return Stream.of(
                Arguments.of("no profile", null),
                Arguments.of("a profile without targets", SloFleet.profile("", 0.1, 1, Targets.NONE)),
                Arguments.of("a target that was not measured", SloFleet.profile("", noTpot,
                        new Targets(99, 0, 0, 0, 0.5, 0, 0.05))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withoutUse")
    void shouldServeInOrderOfArrivalWhereNoRankCanBeTold(String name, GpuProfile profile) {
        try (SloFleet fleet = SloFleet.of(2, Map.of("max-in-flight", "1", "cap", "0.1"))) {
            if (profile != null) {
                fleet.profile(profile);
            }
            Routed first = fleet.submit(fleet.request("first"));
            Routed second = fleet.submit(fleet.request("second"));
            assertThat(List.of(first.pod(), second.pod())).containsExactlyInAnyOrder("p1", "p2");
            fleet.shard().clock().advance(Duration.ofMillis(1));
            Routed third = fleet.submit(fleet.request("third", 500));
            Routed fourth = fleet.submit(fleet.request("fourth", 5));
            assertThat(third.answered() || fourth.answered()).isFalse();
            fleet.end(first);
            assertThat(third.answered()).as("first come").isTrue();
            assertThat(fourth.answered()).isFalse();
            assertThat(third.fallbackReason()).isNull();
            assertThat(fleet.count("substituted_in_flight") > 0).isEqualTo(profile == null);
        }
    }

    @Test
    void shouldRefuseWhatNoEndpointCanCarry() {
        // 2048 tokens in and 512 out are more than the targets allow at any rate.
        GpuProfile profile = new GpuProfile(FakeFleet.MODEL, "", 1, 1, GpuProfile.Axis.of(8, 512),
                GpuProfile.Axis.of(8, 2048), Map.of(
                        Measure.THROUGHPUT, GpuProfile.Table.of(new double[][] {{10, 5}, {5, 0}}),
                        Measure.E2E, GpuProfile.Table.of(new double[][] {{1, 2}, {3, 9}})), WITHIN_TEN_SECONDS);
        try (SloFleet fleet = SloFleet.of(1).profile(profile)) {
            fleet.shard().forecasts().outputTokens(FakeFleet.MODEL, 512);
            for (String strategy : List.of(SLO, PULLING, PUSH, PACK)) {
                Routed routed = fleet.submit(strategy, fleet.request("large", 2048));
                assertThat(routed.error()).as("[BUG] 503 there: " + strategy).isEqualTo(ErrorCode.SLO_UNATTAINABLE);
                assertThat(routed.fallbackReason()).isNull();
            }
            assertThat(fleet.submit(fleet.request("small", 8)).pod()).isEqualTo("p1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SLO, PULLING, PUSH, PACK})
    void shouldServeAtOnceWhereNothingIsKnownOfAnswers(String strategy) {
        try (SloFleet fleet = SloFleet.of(2).share(0.5)) {
            assertThat(fleet.submit(strategy, fleet.request("r")).pod()).isNotNull();
        }
    }

    @Test
    void shouldPackOntoTheSamePod() {
        try (SloFleet fleet = SloFleet.of(3).share(0.25)) {
            String pod = fleet.submit(PACK, fleet.request("1")).pod();
            for (int i = 2; i <= 4; i++) {
                assertThat(fleet.submit(PACK, fleet.request("" + i)).pod()).isEqualTo(pod);
            }
            assertThat(fleet.submit(PACK, fleet.request("5")).pod()).isNotEqualTo(pod);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SLO, PULLING, PACK})
    void shouldHoldWhatWouldExceedTheCapUntilARequestEnds(String strategy) {
        try (SloFleet fleet = SloFleet.of(2).share(0.5)) {
            List<Routed> running = Stream.of("1", "2", "3", "4")
                    .map(id -> fleet.submit(strategy, fleet.request(id))).toList();
            assertThat(running).allMatch(Routed::answered);
            Routed fifth = fleet.submit(strategy, fleet.request("5"));
            Routed sixth = fleet.submit(strategy, fleet.request("6"));
            assertThat(fifth.answered() || sixth.answered()).isFalse();
            assertThat(fleet.shard().queued(FakeFleet.MODEL)).isEqualTo(2);
            fleet.end(running.get(1));
            assertThat(fifth.pod()).as("on the pod that has room").isEqualTo(running.get(1).pod());
            assertThat(sixth.answered()).isFalse();
            fleet.end(running.get(2));
            assertThat(sixth.pod()).isEqualTo(running.get(2).pod());
            assertThat(fleet.shard().queued(FakeFleet.MODEL)).isZero();
        }
    }

    @Test
    void shouldPushHoweverLoadedTheyAre() {
        try (SloFleet fleet = SloFleet.of(2).share(0.9)) {
            for (int i = 0; i < 10; i++) {
                assertThat(fleet.submit(PUSH, fleet.request("" + i)).answered()).isTrue();
            }
            assertThat(fleet.shard().load().inFlight(fleet.shard().pod("p1"))).isEqualTo(5);
        }
    }

    // ---- ranks

    private static Stream<Arguments> ranks() {
        // E2E 4 s, TTFT 0.5 s; 100 tokens in, 64 out; 3 s have passed.
        return Stream.of(
                Arguments.of("TPOT first, with TTFT", new Targets(99, 1, 1, 7, 1, 0.01, 0.1), 3 + 4 - (6.4 + 1)),
                Arguments.of("then TTFT", new Targets(99, 1, 1, 7, 1, 0.01, 0), 3 + 0.5 - 1),
                Arguments.of("then TPAT", new Targets(99, 1, 1, 7, 0, 0.01, 0), 3 + 4 - 1.64),
                Arguments.of("then E2E", new Targets(99, 1, 1, 7, 0, 0, 0), 3.0 + 4 - 7),
                Arguments.of("none", new Targets(99, 1, 1, 0, 0, 0, 0), Double.NaN));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ranks")
    void shouldRankByTheFirstTargetThatThereIs(String name, Targets targets, double rank) {
        GpuProfile profile = SloFleet.profile("", Map.of(Measure.E2E, 4.0, Measure.TTFT, 0.5, Measure.TPOT, 0.1),
                targets);
        double found = Rank.of(profile, Requests.waiting(100, 64), 3_000_000_000L);
        assertThat(Double.isNaN(rank) ? Double.isNaN(found) : Math.abs(found - rank) < 1e-9).as("%s", found).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"250, -1, 2.5", "-1, 20, 4.72", "500, 20, 4.47"})
    void shouldRankByWhatTheClientAsksForFirst(long firstTokenMillis, long perTokenMillis, double rank) {
        // E2E 4 s, TTFT 0.5 s, of a profile that allows 0.25 s for the first token; 64 tokens out; 2.25 s have passed.
        GpuProfile profile = SloFleet.profile("", Map.of(Measure.E2E, 4.0, Measure.TTFT, 0.5, Measure.TPOT, 0.1),
                new Targets(99, 0, 0, 7, 0.25, 0.01, 0.1));
        WaitingRequest request = Requests.asking(64, firstTokenMillis, perTokenMillis);
        assertThat(Rank.of(profile, request, 2_250_000_000L)).isCloseTo(rank, Offset.offset(1e-9));
    }

    // ---- signatures

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "2, 1", "3, 2", "4, 2", "5, 2", "6, 3", "7, 3", "11, 3", "12, 4", "1024, 10",
        "1448, 10", "1449, 11", "1048576, 20"})
    void shouldRoundLengthsToPowersOfTwo(long tokens, int power) {
        assertThat(Signature.power(tokens)).isEqualTo(power);
    }
}
