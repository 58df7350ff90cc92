package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.testing.FakeFleet;
import dev.penstock.core.testing.FakeRequest;
import dev.penstock.core.testing.Outcome;
import dev.penstock.core.testing.RoutingFixture;
import dev.penstock.core.testing.Submitted;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RoutingEngineTest {

    private static RoutingFixture fixture(Consumer<RoutingContext> route) {
        RoutingFixture fixture = RoutingFixture.of(ScriptedProvider.of("r", route));
        fixture.fleet().add("p1", "p2", "p3");
        return fixture;
    }

    private static void first(RoutingContext context) {
        context.select(context.candidates().get(0));
    }

    private static long failures(RoutingFixture fixture) {
        return fixture.metrics().value("penstock_router_failures", "strategy", "r");
    }

    private static long fallbacks(RoutingFixture fixture, String reason) {
        return fixture.metrics().value("penstock_router_fallback", "reason", reason);
    }

    @Test
    void shouldTakeWhatTheRouterSelects() {
        RoutingFixture fixture = fixture(RoutingEngineTest::first);
        Outcome outcome = fixture.route("r");
        assertThat(outcome.pod()).isEqualTo("p1");
        assertThat(outcome.error()).isNull();
        assertThat(outcome.fallbackReason()).isNull();
        assertThat(fixture.figures().inFlightLocal(fixture.pod("p1"))).isEqualTo(1);
        assertThat(fixture.figures().pendingTokens(fixture.pod("p1"))).isEqualTo(100);
    }

    @Test
    void shouldCountDownAtFirstByteAndEnd() {
        RoutingFixture fixture = fixture(RoutingEngineTest::first);
        RoutingAttempt attempt = fixture.route("r").attempt();
        attempt.firstByte();
        attempt.firstByte();
        assertThat(fixture.figures().pendingTokens(fixture.pod("p1"))).isZero();
        assertThat(fixture.figures().inFlightLocal(fixture.pod("p1"))).isEqualTo(1);
        attempt.ended(Usage.UNKNOWN);
        attempt.ended(Usage.UNKNOWN);
        assertThat(fixture.figures().idle()).isTrue();
    }

    @Test
    void shouldTellWhyThereAreNoCandidates() {
        RoutingFixture fixture = fixture(RoutingEngineTest::first);
        assertThat(fixture.route("r", FakeRequest.plain().withModel("x")).error()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
        List<PodView> all = List.of(fixture.pod("p1"), fixture.pod("p2"), fixture.pod("p3"));
        Submitted excluded = fixture.submit("r", FakeRequest.plain(), "", all);
        Submitted filtered = fixture.submit("r", FakeRequest.plain(), "tier=none", List.of());
        fixture.serve();
        assertThat(excluded.outcome().error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
        assertThat(filtered.outcome().error()).isEqualTo(ErrorCode.NO_ENDPOINT_SELECTED);
        fixture.fleet().ready("p1", false).ready("p2", false).ready("p3", false);
        assertThat(fixture.route("r").error()).isEqualTo(ErrorCode.NO_READY_POD);
        assertThat(fixture.figures().idle()).isTrue();
        assertThat(fixture.mailbox().calls()).as("calls of a router").isZero();
    }

    @Test
    void shouldNotExcludeTheSuccessorInASlot() {
        RoutingFixture fixture = RoutingFixture.of(ScriptedProvider.of("r", RoutingEngineTest::first));
        fixture.fleet().add("p1");
        PodView before = fixture.pod("p1");
        fixture.fleet().replace("p1");
        Submitted submitted = fixture.submit("r", FakeRequest.plain(), "", List.of(before));
        fixture.serve();
        assertThat(submitted.outcome().pod()).isEqualTo("p1");
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
                        context.candidates().get(1), "nixl")));
    }

    private static PodView foreign() {
        return new FakeFleet().add("a", "b", "c", "d").pod("d");
    }

    @SuppressWarnings("NullAway") // what a plugin may do that is compiled without NullAway
    private static void selectNull(RoutingContext context) {
        context.select((Plan) null);
    }

    @ParameterizedTest
    @MethodSource("brokenRouters")
    void shouldLetTheFallbackStandInForABrokenRouter(Consumer<RoutingContext> broken) {
        RoutingFixture fixture = fixture(broken);
        for (int i = 0; i < 9; i++) {
            Outcome outcome = fixture.route("r");
            assertThat(outcome.pod()).isNotNull();
            assertThat(outcome.fallbackReason()).isIn("router_failed", "invalid_answer", "breaker_open");
        }
        // The fallback spreads, and the breaker has opened after five.
        assertThat(fixture.figures().inFlightLocal(fixture.pod("p1"))).isEqualTo(3);
        assertThat(failures(fixture)).isEqualTo(5);
        assertThat(fallbacks(fixture, "breaker_open")).isEqualTo(4);
    }

    @Test
    void shouldTryAgainAfterTenSeconds() {
        AtomicInteger calls = new AtomicInteger();
        AtomicBoolean broken = new AtomicBoolean(true);
        RoutingFixture fixture = fixture(context -> {
            calls.incrementAndGet();
            if (broken.get()) {
                throw new IllegalStateException("broken");
            }
            first(context);
        });
        for (int i = 0; i < 8; i++) {
            fixture.route("r");
        }
        assertThat(calls).hasValue(5);
        fixture.clock().advance(Duration.ofSeconds(10));
        fixture.route("r");
        fixture.route("r");
        assertThat(calls).as("one trial, then open again").hasValue(6);
        broken.set(false);
        fixture.clock().advance(Duration.ofSeconds(10));
        assertThat(fixture.route("r").fallbackReason()).isNull();
        assertThat(fixture.route("r").fallbackReason()).isNull();
    }

    @Test
    void shouldOpenTheBreakerThoughOtherCallsSucceed() {
        RecordingRouter router = new RecordingRouter(context -> {
            throw new IllegalStateException("broken");
        });
        RoutingFixture fixture = RoutingFixture.of(ScriptedProvider.making("r", environment -> router));
        fixture.fleet().add("p1");
        for (int i = 0; i < 8; i++) {
            fixture.route("r").attempt().ended(Usage.UNKNOWN);
            fixture.serve();
        }
        assertThat(failures(fixture)).isEqualTo(5);
        assertThat(router.calls()).contains("chosen p1", "ended p1");
    }

    @Test
    void shouldLetTheFallbackDecideWhereTheRouterAbstains() {
        RoutingFixture fixture = fixture(context -> context.abstain("no_data"));
        for (int i = 0; i < 9; i++) {
            assertThat(fixture.route("r").fallbackReason()).isEqualTo("no_data");
        }
        assertThat(fallbacks(fixture, "no_data")).isEqualTo(9);
        assertThat(failures(fixture)).isZero();
    }

    @Test
    void shouldBoundTheReasonsThatRoutersName() {
        AtomicInteger number = new AtomicInteger();
        RoutingFixture fixture = fixture(context -> context.abstain("reason-" + number.incrementAndGet()));
        for (int i = 0; i < 100; i++) {
            fixture.route("r");
        }
        assertThat(fixture.metrics().series()).hasSizeLessThanOrEqualTo(33);
        assertThat(fallbacks(fixture, "other")).isGreaterThan(60);
    }

    @Test
    void shouldEndWithTheErrorThatTheRouterNames() {
        RoutingFixture fixture = fixture(context -> context.fail(ErrorCode.SHED));
        assertThat(fixture.route("r").error()).isEqualTo(ErrorCode.SHED);
        assertThat(fixture.figures().idle()).isTrue();
    }

    @Test
    void shouldTakeTheFirstOfTwoAnswers() {
        List<Boolean> taken = new ArrayList<>();
        RoutingFixture fixture = fixture(context -> {
            taken.add(context.select(context.candidates().get(1)));
            taken.add(context.select(context.candidates().get(0)));
            taken.add(context.abstain("late"));
            taken.add(context.fail(ErrorCode.SHED));
            assertThat(context.revoked()).isTrue();
        });
        assertThat(fixture.route("r").pod()).isEqualTo("p2");
        assertThat(taken).containsExactly(true, false, false, false);
        assertThat(fixture.figures().inFlightLocal(fixture.pod("p1"))).isZero();
    }

    @Test
    void shouldKeepTheAnswerOfARouterThatThrowsAfterwards() {
        RoutingFixture fixture = fixture(context -> {
            first(context);
            throw new IllegalStateException("broken");
        });
        Outcome outcome = fixture.route("r");
        assertThat(outcome.pod()).isEqualTo("p1");
        assertThat(outcome.fallbackReason()).isNull();
        assertThat(failures(fixture)).isEqualTo(1);
        outcome.attempt().ended(Usage.UNKNOWN);
        assertThat(fixture.figures().idle()).isTrue();
    }

    @Test
    void shouldSkipCanceledAttempts() {
        RoutingFixture fixture = fixture(RoutingEngineTest::first);
        Submitted submitted = fixture.submit("r", FakeRequest.plain());
        assertThat(submitted.attempt().cancel()).isTrue();
        fixture.serve();
        assertThat(submitted.answered()).isFalse();
        assertThat(fixture.figures().idle()).isTrue();
    }

    @Test
    void shouldPassHeadersToTheOwner() {
        RoutingFixture fixture = fixture(context -> {
            context.responseHeader("x-a", "1");
            context.responseHeader("x-b", "2");
            context.responseHeader("x-a", "3");
            first(context);
        });
        assertThat(fixture.route("r").headers()).containsEntry("x-a", "3").containsEntry("x-b", "2").hasSize(2);
    }

    @Test
    void shouldCountABadHeaderAsAFailure() {
        RoutingFixture fixture = fixture(context -> context.responseHeader("content-length", "1"));
        assertThat(fixture.route("r").fallbackReason()).isEqualTo("router_failed");
    }

    @Test
    void shouldLetTheFallbackStandInForAQuarantinedStrategy() {
        RoutingFixture fixture = RoutingFixture.quarantined(Set.of("r"),
                ScriptedProvider.of("r", RoutingEngineTest::first));
        fixture.fleet().add("p1");
        assertThat(fixture.route("r").fallbackReason()).isEqualTo("unavailable");
        assertThat(fixture.mailbox().calls()).isZero();
    }

    @Test
    void shouldNotMakeABrokenRouterForEachRequest() {
        AtomicInteger made = new AtomicInteger();
        RoutingFixture fixture = RoutingFixture.of(ScriptedProvider.making("r", environment -> {
            made.incrementAndGet();
            throw new IllegalStateException("cannot be made");
        }));
        fixture.fleet().add("p1");
        for (int i = 0; i < 20; i++) {
            assertThat(fixture.route("r").pod()).isEqualTo("p1");
        }
        assertThat(made).hasValue(1);
        fixture.clock().advance(Duration.ofSeconds(10));
        fixture.route("r");
        assertThat(made).hasValue(2);
    }

    @Test
    void shouldNotMakeARouterThatAsksForItselfWithoutEnd() {
        AtomicInteger made = new AtomicInteger();
        RoutingFixture fixture = RoutingFixture.of(ScriptedProvider.making("r", environment -> {
            made.incrementAndGet();
            assertThat(environment.scorer("r")).isNull();
            return RoutingEngineTest::first;
        }));
        fixture.fleet().add("p1");
        assertThat(fixture.route("r").fallbackReason()).isNull();
        assertThat(made).hasValue(1);
    }

    @Test
    void shouldNotTakeAnAnswerAfterTheShardWasLost() {
        List<RoutingFixture> self = new ArrayList<>();
        List<Boolean> taken = new ArrayList<>();
        RoutingFixture fixture = fixture(context -> {
            self.getFirst().mailbox().lose();
            taken.add(context.select(context.candidates().get(0)));
        });
        self.add(fixture);
        Submitted asked = fixture.submit("r", FakeRequest.plain());
        assertThat(fixture.serve()).isFalse();
        assertThat(taken).containsExactly(false);
        assertThat(asked.attempt().cancel()).isTrue();
        assertThat(fixture.figures().idle()).isTrue();
    }

    @Test
    void shouldStopAtOnceWhereTheShardIsLost() {
        List<RoutingFixture> self = new ArrayList<>();
        RoutingFixture fixture = fixture(context -> {
            first(context);
            self.getFirst().mailbox().lose();
        });
        self.add(fixture);
        Submitted asked = fixture.submit("r", FakeRequest.plain());
        Submitted waiting = fixture.submit("r", FakeRequest.plain());
        assertThat(fixture.serve()).isFalse();
        assertThat(asked.answered()).isFalse();
        assertThat(asked.attempt().isDone()).isTrue();
        assertThat(asked.attempt().askedInEpoch()).isZero();
        assertThat(waiting.attempt().askedInEpoch()).isEqualTo(-1);
    }
}
