package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RoutingEngineTest {

    private static TestShard shard(Consumer<RoutingContext> route) {
        TestShard shard = TestShard.of(ScriptedProvider.of("r", route));
        shard.fleet().add("p1", "p2", "p3");
        return shard;
    }

    private static void first(RoutingContext context) {
        context.select(context.candidates().get(0));
    }

    private static long failures(TestShard shard) {
        return shard.failures("r");
    }

    private static long fallbacks(TestShard shard, String reason) {
        return shard.fallbacks(reason);
    }

    @Test
    void shouldTakeWhatTheRouterSelects() {
        TestShard shard = shard(RoutingEngineTest::first);
        Routed outcome = shard.route("r");
        assertThat(outcome.pod()).isEqualTo("p1");
        assertThat(outcome.error()).isNull();
        assertThat(outcome.fallbackReason()).isNull();
        assertThat(shard.load().inFlightLocal(shard.pod("p1"))).isEqualTo(1);
        assertThat(shard.load().pendingTokens(shard.pod("p1"))).isEqualTo(100);
    }

    @Test
    void shouldCountDownAtFirstByteAndEnd() {
        TestShard shard = shard(RoutingEngineTest::first);
        Routed attempt = shard.route("r");
        attempt.firstByte();
        attempt.firstByte();
        assertThat(shard.load().pendingTokens(shard.pod("p1"))).isZero();
        assertThat(shard.load().inFlightLocal(shard.pod("p1"))).isEqualTo(1);
        attempt.ended(Usage.UNKNOWN);
        attempt.ended(Usage.UNKNOWN);
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldTellWhyThereAreNoCandidates() {
        TestShard shard = shard(RoutingEngineTest::first);
        assertThat(shard.route("r", FakeRequest.plain().withModel("x")).error()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        List<PodView> all = List.of(shard.pod("p1"), shard.pod("p2"), shard.pod("p3"));
        Routed excluded = shard.submit("r", FakeRequest.plain(), "", all);
        Routed filtered = shard.submit("r", FakeRequest.plain(), "tier=none", List.of());
        shard.serve();
        assertThat(excluded.error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
        assertThat(filtered.error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
        shard.fleet().ready("p1", false).ready("p2", false).ready("p3", false);
        assertThat(shard.route("r").error()).isEqualTo(ErrorCode.NO_READY_POD);
        assertThat(shard.load().idle()).isTrue();
        assertThat(EngineParts.calls(shard)).as("calls of a router").isZero();
    }

    @Test
    void shouldNotExcludeTheSuccessorInASlot() {
        TestShard shard = TestShard.of(ScriptedProvider.of("r", RoutingEngineTest::first));
        shard.fleet().add("p1");
        PodView before = shard.pod("p1");
        shard.fleet().replace("p1");
        Routed submitted = shard.submit("r", FakeRequest.plain(), "", List.of(before));
        shard.serve();
        assertThat(submitted.pod()).isEqualTo("p1");
    }

    static List<Consumer<RoutingContext>> brokenRouters() {
        return List.of(
                context -> {
                    throw new IllegalStateException("broken");
                },
                context -> {
                    throw new StackOverflowError();
                },
                context -> context.select(foreign()),
                context -> selectNull(context),
                context -> context.select(new Plan.PrefillDecode(context.candidates().get(0),
                        context.candidates().get(0), "nixl")),
                context -> context.select(new Plan.PrefillDecode(context.candidates().get(0), foreign(), "nixl")),
                context -> context.select(new Plan.PrefillDecode(foreign(), context.candidates().get(0), "nixl")),
                context -> selectWithoutConnector(context));
    }

    private static PodView foreign() {
        return new FakeFleet().add("a", "b", "c", "d").pod("d");
    }

    @SuppressWarnings("NullAway") // what a plugin may do that is compiled without NullAway
    private static void selectNull(RoutingContext context) {
        context.select((Plan) null);
    }

    @SuppressWarnings("NullAway") // what a plugin may do that is compiled without NullAway
    private static void selectWithoutConnector(RoutingContext context) {
        context.select(new Plan.PrefillDecode(context.candidates().get(0), context.candidates().get(1), null));
    }

    @ParameterizedTest
    @MethodSource("brokenRouters")
    void shouldLetTheFallbackStandInForABrokenRouter(Consumer<RoutingContext> broken) {
        TestShard shard = shard(broken);
        for (int i = 0; i < 9; i++) {
            Routed outcome = shard.route("r");
            assertThat(outcome.pod()).isNotNull();
            assertThat(outcome.fallbackReason()).isIn("router_failed", "invalid_answer", "breaker_open");
        }
        // The fallback spreads, and the breaker has opened after five.
        assertThat(shard.load().inFlightLocal(shard.pod("p1"))).isEqualTo(3);
        assertThat(failures(shard)).isEqualTo(5);
        assertThat(fallbacks(shard, "breaker_open")).isEqualTo(4);
    }

    @Test
    void shouldTryAgainAfterTenSeconds() {
        AtomicInteger calls = new AtomicInteger();
        AtomicBoolean broken = new AtomicBoolean(true);
        TestShard shard = shard(context -> {
            calls.incrementAndGet();
            if (broken.get()) {
                throw new IllegalStateException("broken");
            }
            first(context);
        });
        for (int i = 0; i < 8; i++) {
            shard.route("r");
        }
        assertThat(calls).hasValue(5);
        shard.clock().advance(Duration.ofSeconds(10));
        shard.route("r");
        shard.route("r");
        assertThat(calls).as("one trial, then open again").hasValue(6);
        broken.set(false);
        shard.clock().advance(Duration.ofSeconds(10));
        assertThat(shard.route("r").fallbackReason()).isNull();
        assertThat(shard.route("r").fallbackReason()).isNull();
    }

    @Test
    void shouldOpenTheBreakerThoughOtherCallsSucceed() {
        RecordingRouter router = new RecordingRouter(context -> {
            throw new IllegalStateException("broken");
        });
        TestShard shard = TestShard.of(ScriptedProvider.making("r", environment -> router));
        shard.fleet().add("p1");
        for (int i = 0; i < 8; i++) {
            shard.route("r").ended(Usage.UNKNOWN);
            shard.serve();
        }
        assertThat(failures(shard)).isEqualTo(5);
        assertThat(router.calls()).contains("chosen p1", "ended p1");
    }

    @Test
    void shouldLetTheFallbackDecideWhereTheRouterAbstains() {
        TestShard shard = shard(context -> context.abstain("no_data"));
        for (int i = 0; i < 9; i++) {
            assertThat(shard.route("r").fallbackReason()).isEqualTo("no_data");
        }
        assertThat(fallbacks(shard, "no_data")).isEqualTo(9);
        assertThat(failures(shard)).isZero();
    }

    @Test
    void shouldBoundTheReasonsThatRoutersName() {
        AtomicInteger number = new AtomicInteger();
        TestShard shard = shard(context -> context.abstain("reason-" + number.incrementAndGet()));
        for (int i = 0; i < 100; i++) {
            shard.route("r");
        }
        assertThat(EngineParts.series(shard)).hasSizeLessThanOrEqualTo(33);
        assertThat(fallbacks(shard, "other")).isGreaterThan(60);
    }

    @Test
    void shouldEndWithTheErrorThatTheRouterNames() {
        TestShard shard = shard(context -> context.fail(ErrorCode.SHED));
        assertThat(shard.route("r").error()).isEqualTo(ErrorCode.SHED);
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldTakeTheFirstOfTwoAnswers() {
        List<Boolean> taken = new ArrayList<>();
        TestShard shard = shard(context -> {
            taken.add(context.select(context.candidates().get(1)));
            taken.add(context.select(context.candidates().get(0)));
            taken.add(context.abstain("late"));
            taken.add(context.fail(ErrorCode.SHED));
            assertThat(context.revoked()).isTrue();
        });
        assertThat(shard.route("r").pod()).isEqualTo("p2");
        assertThat(taken).containsExactly(true, false, false, false);
        assertThat(shard.load().inFlightLocal(shard.pod("p1"))).isZero();
    }

    @Test
    void shouldKeepTheAnswerOfARouterThatThrowsAfterwards() {
        TestShard shard = shard(context -> {
            first(context);
            throw new IllegalStateException("broken");
        });
        Routed outcome = shard.route("r");
        assertThat(outcome.pod()).isEqualTo("p1");
        assertThat(outcome.fallbackReason()).isNull();
        assertThat(failures(shard)).isEqualTo(1);
        outcome.ended(Usage.UNKNOWN);
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldSkipCanceledAttempts() {
        TestShard shard = shard(RoutingEngineTest::first);
        Routed submitted = shard.submit("r", FakeRequest.plain());
        assertThat(submitted.cancel()).isTrue();
        shard.serve();
        assertThat(submitted.answered()).isFalse();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldPassHeadersToTheOwner() {
        TestShard shard = shard(context -> {
            context.responseHeader("x-a", "1");
            context.responseHeader("x-b", "2");
            context.responseHeader("x-a", "3");
            first(context);
        });
        assertThat(shard.route("r").headers()).containsEntry("x-a", "3").containsEntry("x-b", "2").hasSize(2);
    }

    @Test
    void shouldPassNotesToWhoeverWantsThemAlone() {
        TestShard shard = shard(context -> {
            context.note("r=first");
            context.note("r=second");
            first(context);
        });
        assertThat(shard.route("r", FakeRequest.plain().wantingNotes()).headers())
                .containsExactly(Map.entry("x-penstock-routing", "r=first, r=second"));
        assertThat(shard.route("r").headers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"no_data,fallback=no_data", "größer,"})
    void shouldNoteWhyTheFallbackChose(String reason, @Nullable String noted) {
        TestShard shard = shard(context -> context.abstain(reason));
        Routed routed = shard.route("r", FakeRequest.plain().wantingNotes());
        assertThat(routed.fallbackReason()).isEqualTo(reason);
        assertThat(routed.headers().get("x-penstock-routing")).isEqualTo(noted);
    }

    @Test
    void shouldCountABadHeaderAsAFailure() {
        TestShard shard = shard(context -> context.responseHeader("content-length", "1"));
        assertThat(shard.route("r").fallbackReason()).isEqualTo("router_failed");
    }

    @Test
    void shouldLetTheFallbackStandInForAQuarantinedStrategy() {
        TestShard shard = EngineParts.quarantined(Set.of("r"),
                ScriptedProvider.of("r", RoutingEngineTest::first));
        shard.fleet().add("p1");
        assertThat(shard.route("r").fallbackReason()).isEqualTo("unavailable");
        assertThat(EngineParts.calls(shard)).isZero();
    }

    @Test
    void shouldNotMakeABrokenRouterForEachRequest() {
        AtomicInteger made = new AtomicInteger();
        TestShard shard = TestShard.of(ScriptedProvider.making("r", environment -> {
            made.incrementAndGet();
            throw new IllegalStateException("cannot be made");
        }));
        shard.fleet().add("p1");
        for (int i = 0; i < 20; i++) {
            assertThat(shard.route("r").pod()).isEqualTo("p1");
        }
        assertThat(made).hasValue(1);
        shard.clock().advance(Duration.ofSeconds(10));
        shard.route("r");
        assertThat(made).hasValue(2);
    }

    @Test
    void shouldNotMakeARouterThatAsksForItselfWithoutEnd() {
        AtomicInteger made = new AtomicInteger();
        TestShard shard = TestShard.of(ScriptedProvider.making("r", environment -> {
            made.incrementAndGet();
            assertThat(environment.scorer("r")).isNull();
            return RoutingEngineTest::first;
        }));
        shard.fleet().add("p1");
        assertThat(shard.route("r").fallbackReason()).isNull();
        assertThat(made).hasValue(1);
    }

    @Test
    void shouldNotTakeAnAnswerAfterTheShardWasLost() {
        List<TestShard> self = new ArrayList<>();
        List<Boolean> taken = new ArrayList<>();
        TestShard shard = shard(context -> {
            EngineParts.lose(self.getFirst());
            taken.add(context.select(context.candidates().get(0)));
        });
        self.add(shard);
        Routed asked = shard.submit("r", FakeRequest.plain());
        assertThat(shard.serve()).isFalse();
        assertThat(taken).containsExactly(false);
        assertThat(asked.cancel()).isTrue();
        assertThat(shard.load().idle()).isTrue();
    }

    @Test
    void shouldStopAtOnceWhereTheShardIsLost() {
        List<TestShard> self = new ArrayList<>();
        TestShard shard = shard(context -> {
            first(context);
            EngineParts.lose(self.getFirst());
        });
        self.add(shard);
        Routed asked = shard.submit("r", FakeRequest.plain());
        Routed waiting = shard.submit("r", FakeRequest.plain());
        assertThat(shard.serve()).isFalse();
        assertThat(asked.answered()).isFalse();
        assertThat(EngineParts.attempt(asked).isDone()).isTrue();
        assertThat(EngineParts.attempt(asked).askedInEpoch()).isZero();
        assertThat(EngineParts.attempt(waiting).askedInEpoch()).isEqualTo(-1);
    }
}
