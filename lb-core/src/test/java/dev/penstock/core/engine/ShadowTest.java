package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Needs;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer.Polarity;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods are a and b; the strategy that is used takes a. */
class ShadowTest {

    private static final RouterProvider USED = ScriptedProvider.of("used",
            context -> context.select(context.candidates().get(0)));

    private static TestShard shard(RouterProvider... shadows) {
        TestShard.Builder builder = TestShard.builder().router(USED);
        for (RouterProvider shadow : shadows) {
            builder.router(shadow);
        }
        TestShard shard = builder.build();
        shard.fleet().add("a", "b");
        return shard;
    }

    private static long decisions(TestShard shard, String strategy, String result) {
        return EngineParts.counter(shard, "penstock_shadow_decisions", "strategy", strategy, "result", result);
    }

    record Fact(String name, ScriptedProvider shadow, String result, String note) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Fact fact(String name, String result, String note, Consumer<RoutingContext> route) {
        return new Fact(name, ScriptedProvider.of("tried", route), result, note);
    }

    static Stream<Fact> facts() {
        return Stream.of(
                fact("the same pod", "same", "a", context -> context.select(context.candidates().get(0))),
                fact("another pod", "different", "b", context -> context.select(context.candidates().get(1))),
                fact("the first answer counts", "different", "b", context -> {
                    context.select(context.candidates().get(1));
                    context.select(context.candidates().get(0));
                }),
                fact("no opinion", "none", "none", context -> context.abstain("no_opinion")),
                fact("an error", "none", "none", context -> context.fail(ErrorCode.SHED)),
                fact("nonsense", "none", "none", context -> context.select((Plan) nothing())),
                fact("an exception", "none", "none", context -> {
                    throw new IllegalStateException("tried");
                }));
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a plugin may well answer
    private static <T> T nothing() {
        return null;
    }

    @ParameterizedTest
    @MethodSource("facts")
    void shouldCompareAndNeverUse(Fact fact) {
        TestShard shard = shard(fact.shadow());
        EngineParts.shadow(shard, "tried");

        Routed routed = shard.route("used", FakeRequest.plain().wantingNotes());

        assertThat(routed).returns("a", Routed::pod).returns(null, Routed::fallbackReason);
        assertThat(routed.headers()).containsEntry("x-penstock-routing", "shadow=" + fact.note());
        for (String result : List.of("same", "different", "none")) {
            assertThat(decisions(shard, "tried", result)).as(result).isEqualTo(result.equals(fact.result()) ? 1 : 0);
        }
        assertThat(shard.load().inFlight(shard.pod("a"))).isEqualTo(1);
        assertThat(shard.load().inFlight(shard.pod("b"))).isZero();
    }

    @Test
    void shouldSeeWhatTheOtherSees() {
        List<Integer> seen = new ArrayList<>();
        TestShard shard = shard(ScriptedProvider.of("tried", context -> {
            seen.add(context.load().inFlight(context.candidates().get(0)));
            context.responseHeader("x-tried", "b");
            context.note("tried=b");
            context.select(context.candidates().get(1));
        }));
        EngineParts.shadow(shard, "tried");

        Routed first = shard.route("used", FakeRequest.plain().wantingNotes());
        shard.route("used");

        assertThat(seen).containsExactly(0, 1);
        assertThat(first.headers()).doesNotContainKey("x-tried").containsEntry("x-penstock-routing", "shadow=b");
    }

    @Test
    void shouldTellItsInstanceWhatWasReallyChosen() {
        RecordingShadow recording = new RecordingShadow();
        TestShard shard = shard(ScriptedProvider.making("tried", environment -> recording));
        EngineParts.shadow(shard, "tried");

        Routed routed = shard.route("used");
        routed.firstByte();
        routed.ended();
        shard.serve();

        assertThat(recording.told).containsExactly("route", "chosen a", "first byte a", "ended a");
    }

    @Test
    void shouldHaveAnInstanceOfItsOwn() {
        List<Router> made = new ArrayList<>();
        TestShard shard = shard(ScriptedProvider.making("tried", environment -> {
            Router router = context -> context.select(context.candidates().get(1));
            made.add(router);
            return router;
        }));
        EngineParts.shadow(shard, "tried");

        shard.route("tried");
        shard.route("used");

        assertThat(made).hasSize(2);
        assertThat(EngineParts.figures(shard, "tried").calls()).isEqualTo(1 + 1);
        assertThat(EngineParts.figures(shard, "shadow/tried").calls()).isEqualTo(1 + 2);
    }

    @Test
    void shouldCompareAnAnswerThatComesLater() {
        List<RoutingContext> asked = new ArrayList<>();
        TestShard shard = shard(ScriptedProvider.of("tried", asked::add));
        EngineParts.shadow(shard, "tried");

        assertThat(shard.route("used")).returns("a", Routed::pod);
        assertThat(asked.getFirst().revoked()).isFalse();
        assertThat(asked.getFirst().select(asked.getFirst().candidates().get(1))).isTrue();
        assertThat(asked.getFirst().select(asked.getFirst().candidates().get(0))).isFalse();

        assertThat(decisions(shard, "tried", "different")).isEqualTo(1);
        assertThat(shard.load().inFlight(shard.pod("b"))).isZero();
        assertThat(shard.held()).isZero();
    }

    @Test
    void shouldGiveUpOneThatSaysNothing() {
        RecordingShadow silent = new RecordingShadow();
        TestShard shard = shard(ScriptedProvider.making("tried", environment -> silent));
        EngineParts.shadow(shard, "tried");

        shard.route("used");
        shard.advance(Duration.ofSeconds(6));
        shard.route("used");

        assertThat(silent.told).contains("revoked");
        assertThat(decisions(shard, "tried", "none")).isEqualTo(1);
    }

    @Test
    void shouldLeaveOutOneThatGoesOnFailing() {
        int[] calls = {0};
        TestShard shard = shard(ScriptedProvider.of("tried", context -> {
            calls[0]++;
            throw new IllegalStateException("tried");
        }));
        EngineParts.shadow(shard, "tried");

        for (int i = 0; i < 8; i++) {
            assertThat(shard.routeAndEnd("used")).returns(null, Routed::fallbackReason);
        }

        assertThat(calls[0]).isEqualTo(5);
        assertThat(decisions(shard, "tried", "none")).isEqualTo(8);
        assertThat(shard.failures("shadow/tried")).isEqualTo(5);
        assertThat(shard.route("tried")).returns("router_failed", Routed::fallbackReason);
    }

    @Test
    void shouldShowWhereBothWouldSendRequests() {
        TestShard shard = shard(ScriptedProvider.scorer("high", Polarity.MOST, 1, 2),
                ScriptedProvider.scorer("low", Polarity.LEAST, 2, 1));
        EngineParts.shadow(shard, "high:2,low:1");

        shard.routeAndEnd("used");
        shard.routeAndEnd("used");

        assertThat(EngineParts.counter(shard, "penstock_shadow_choices", "strategy", "high:2,low:1", "by", "shadow",
                "pod", "default/b")).isEqualTo(2);
        assertThat(EngineParts.counter(shard, "penstock_shadow_choices", "strategy", "high:2,low:1", "by", "used",
                "pod", "default/a")).isEqualTo(2);
    }

    @Test
    void shouldNotAskOneForWhichTheRequestIsNotPrepared() {
        TestShard shard = shard(ScriptedProvider.needing("small", Needs.hashes(64)),
                ScriptedProvider.needing("large", Needs.hashes(128)));
        EngineParts.shadow(shard, "small");

        shard.route("large");

        assertThat(decisions(shard, "small", "none")).isEqualTo(1);
        assertThat(EngineParts.figures(shard, "shadow/small").instances()).isZero();
    }

    @Test
    void shouldCostNothingWhenOff() {
        RecordingShadow recording = new RecordingShadow();
        TestShard shard = shard(ScriptedProvider.making("tried", environment -> recording));

        shard.route("used");

        assertThat(recording.told).isEmpty();
        assertThat(EngineParts.series(shard)).noneMatch(series -> series.contains("shadow"));
    }

    private static final class RecordingShadow implements Router {

        private final List<String> told = new ArrayList<>();

        @Override
        public void route(RoutingContext context) {
            told.add("route");
        }

        @Override
        public void chosen(RoutingContext context, Plan plan) {
            told.add("chosen " + plan.endpoint().name());
        }

        @Override
        public void firstByte(RoutingContext context, PodView endpoint) {
            told.add("first byte " + endpoint.name());
        }

        @Override
        public void ended(RoutingContext context, PodView endpoint, Usage usage) {
            told.add("ended " + endpoint.name());
        }

        @Override
        public void revoked(RoutingContext context) {
            told.add("revoked");
        }
    }

}
