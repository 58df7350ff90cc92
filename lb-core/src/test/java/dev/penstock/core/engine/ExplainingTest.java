package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health;
import dev.penstock.spi.Needs;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer.Polarity;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pods are a, b, c; scorers give them numbers in this order. */
class ExplainingTest {

    private final List<String> told = new ArrayList<>();

    private TestShard shard() {
        List<RouterProvider> providers = List.of(
                ScriptedProvider.scorer("rising", Polarity.MOST, 10, 20, 30),
                ScriptedProvider.scorer("waiting", Polarity.LEAST, 5, Double.NaN, 1),
                ScriptedProvider.making("liar", environment -> context -> told.add("liar routed")),
                ScriptedProvider.making("honest", environment -> new Honest()),
                new ScriptedProvider("broken", true, Needs.NOTHING,
                        environment -> new PieceProviders.Broken()),
                new PieceProviders.FilterOf("not-c", (context, i) -> i != 2),
                new PieceProviders.FilterOf("none", (context, i) -> false),
                PieceProviders.PickerOf.the("first", scores -> 0),
                PieceProviders.PickerOf.the("beyond", scores -> -1));
        TestShard.Builder builder = TestShard.builder();
        providers.forEach(builder::router);
        TestShard shard = builder
                .pipeline("chat", List.of("none", "not-c"), Map.of("rising", 2), "first")
                .pipeline("lost", List.of(), Map.of("rising", 1), "beyond").build();
        shard.fleet().add("a", "b", "c");
        return shard;
    }

    private static Explanation.Answers explain(TestShard shard, String... strategies) {
        return EngineParts.explain(shard, FakeRequest.plain(), null, strategies);
    }

    private static Explanation.Account one(TestShard shard, String strategy) {
        return explain(shard, strategy).accounts().getFirst();
    }

    private static @Nullable String name(@Nullable PodView endpoint) {
        return endpoint == null ? null : endpoint.name();
    }

    @Test
    void shouldShowTheScoresOfAScorer() {
        Explanation.Account account = one(shard(), "waiting");

        assertThat(name(account.choice())).isEqualTo("c");
        assertThat(account.why()).isNull();
        Explanation.Scored scored = (Explanation.Scored) account.pieces().getFirst();
        assertThat(scored).returns("waiting", Explanation.Scored::name).returns(true, Explanation.Scored::least)
                .returns(1, Explanation.Scored::weight);
        assertThat(scored.raw()).containsExactly(5, Double.NaN, 1);
        assertThat(scored.scaled()).containsExactly(0, 0, 1);
    }

    @Test
    void shouldShowThePartsOfAnExpression() {
        Explanation.Account account = one(shard(), "rising:1,waiting:3");

        assertThat(account.pieces()).extracting(Explanation.Piece::name).containsExactly("rising", "waiting");
        assertThat(account.sums()).containsExactly(0, 0.125, 1);
        assertThat(name(account.choice())).isEqualTo("c");
    }

    @Test
    void shouldShowThePiecesOfAPipeline() {
        Explanation.Account account = one(shard(), "chat");

        assertThat(account.pieces()).extracting(Explanation.Piece::name)
                .containsExactly("none", "not-c", "rising", "first");
        assertThat(account.pieces()).extracting(Explanation.Piece::passedOver)
                .containsExactly("left_none", null, null, null);
        assertThat(((Explanation.Filtered) account.pieces().get(1)).left()).containsExactly(true, true, false);
        assertThat(((Explanation.Scored) account.pieces().get(2)).scaled()).containsExactly(0, 1, 0);
        assertThat(account.sums()).containsExactly(0, 1, Double.NaN);
        assertThat(name(account.choice())).isEqualTo("a");
        assertThat(one(shard(), "lost")).returns(null, Explanation.Account::choice)
                .returns("picker_failed", Explanation.Account::why);
    }

    @Test
    void shouldAskNoRouterThatWouldTakeTheRequest() {
        Explanation.Account account = one(shard(), "liar");

        assertThat(account.choice()).isNull();
        assertThat(account.why()).contains("not a scorer");
        assertThat(told).isEmpty();
    }

    @Test
    void shouldAskOneThatExplainsItself() {
        TestShard shard = shard();

        Explanation.Account account = one(shard, "honest");

        assertThat(name(account.choice())).isEqualTo("b");
        assertThat(account.notes()).containsExactly("honest=always");
        assertThat(told).containsExactly("explained", "closed");
    }

    @Test
    void shouldSayThatAScorerThrew() {
        Explanation.Account account = one(shard(), "broken");

        assertThat(account.pieces().getFirst().passedOver()).isEqualTo("failed");
        assertThat(((Explanation.Scored) account.pieces().getFirst()).raw()).containsOnly(Double.NaN);
    }

    @Test
    void shouldSayWhyAPodIsNoCandidate() {
        TestShard shard = shard();
        shard.fleet().add("d", "e").ready("b", false).label("a", "tier", "gold").label("c", "tier", "gold")
                .label("d", "tier", "gold");
        EngineParts.health(shard).state(shard.pod("c"), Health.State.EJECTED);
        shard.load().inFlight(shard.pod("d"), 4);

        List<Explanation.Pod> pods = EngineParts.explain(shard, FakeRequest.plain(),
                CandidateRules.of(Objects.requireNonNull(LabelSelector.parse("tier=gold")), 4), "rising").pods();

        assertThat(pods).extracting(pod -> pod.endpoint().name() + ": " + pod.whyNot()).containsExactly("a: null",
                "b: not ready", "c: ejected", "d: as many requests in flight as the model's profile allows: 4",
                "e: its labels are not those of external-filter");
        assertThat(pods.get(3).inFlight()).isEqualTo(4);
    }

    @Test
    void shouldTellNobodyAndReserveNothing() {
        TestShard shard = shard();
        shard.route("honest").ended();
        shard.serve();
        told.clear();
        int calls = EngineParts.calls(shard);
        List<String> series = List.copyOf(EngineParts.series(shard));

        Explanation.Answers answers = explain(shard, "honest", "rising", "chat", "liar");

        assertThat(told).containsExactly("explained");
        assertThat(answers.accounts()).extracting(Explanation.Account::begun).containsExactly(false, true, true, true);
        for (String pod : List.of("a", "b", "c")) {
            assertThat(shard.load().inFlight(shard.pod(pod))).isZero();
            assertThat(shard.load().pendingTokens(shard.pod(pod))).isZero();
        }
        assertThat(EngineParts.series(shard)).containsExactlyInAnyOrderElementsOf(series);
        assertThat(EngineParts.calls(shard)).isGreaterThan(calls);
        assertThat(EngineParts.figures(shard, "rising").instances()).isZero();
        assertThat(shard.held()).isZero();
        assertThat(shard.route("rising")).returns("c", Routed::pod);
    }

    @Test
    void shouldAnswerWhereNoPodMayBeChosen() {
        TestShard shard = shard();
        shard.fleet().ready("a", false).ready("b", false).ready("c", false);

        Explanation.Answers answers = explain(shard, "rising");

        assertThat(answers.accounts()).isEmpty();
        assertThat(answers.pods()).hasSize(3).allMatch(pod -> "not ready".equals(pod.whyNot()));
    }

    private final class Honest implements Router {

        @Override
        public void route(RoutingContext context) {
            told.add("routed");
            context.select(context.candidates().get(1));
        }

        @Override
        public PodView explain(RoutingContext context) {
            told.add("explained");
            context.note("honest=always");
            context.select(context.candidates().get(0));
            return context.candidates().get(1);
        }

        @Override
        public void chosen(RoutingContext context, Plan plan) {
            told.add("chosen");
        }

        @Override
        public void close() {
            told.add("closed");
        }
    }
}
