package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Plan;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StrategyFiguresTest {

    private final List<RoutingContext> held = new ArrayList<>();

    private static TestShard shard(Router router) {
        TestShard shard = TestShard.of(ScriptedProvider.making("r", environment -> router));
        shard.fleet().add("p1", "p2");
        return shard;
    }

    private static void first(RoutingContext context) {
        context.select(context.candidates().get(0));
    }

    private static StrategyFigures.Now figures(TestShard shard) {
        return EngineParts.figures(shard, "r");
    }

    @Test
    void shouldCountCallsOfAllMethods() {
        TestShard shard = shard(new Router() {
            @Override
            public void route(RoutingContext context) {
                first(context);
            }

            @Override
            public void chosen(RoutingContext context, Plan plan) {
                held.add(context);
            }
        });

        shard.route("r");
        shard.route("r");

        // One of them made it.
        assertThat(figures(shard)).returns(1L, StrategyFigures.Now::instances).returns(5L, StrategyFigures.Now::calls)
                .returns(0L, StrategyFigures.Now::fallbacks).returns(0L, StrategyFigures.Now::exceptions);
        assertThat(held).hasSize(2);
    }

    @Test
    void shouldTellExceptionsFromInvalidAnswers() {
        TestShard foreign = TestShard.of();
        foreign.fleet().add("x");
        TestShard shard = shard(context -> {
            if (context.request().id().equals("throw")) {
                throw new IllegalStateException("on purpose");
            }
            context.select(new Plan.Single(foreign.pod("x")));
        });
        shard.fleet().remove("p1");

        shard.route("r", FakeRequest.plain().withId("throw"));
        shard.route("r");
        shard.route("r");

        assertThat(figures(shard)).returns(1L, StrategyFigures.Now::exceptions)
                .returns(2L, StrategyFigures.Now::invalidAnswers).returns(3L, StrategyFigures.Now::fallbacks);
        assertThat(shard.failures("r")).isEqualTo(3);
    }

    @Test
    void shouldCountAnswersThatDoNothing() {
        TestShard shard = shard(context -> {
            held.add(context);
            first(context);
            first(context);
        });

        shard.route("r");
        CompletableFuture.runAsync(() -> first(held.getFirst())).join();

        assertThat(figures(shard)).returns(2L, StrategyFigures.Now::lateAnswers)
                .returns(0L, StrategyFigures.Now::invalidAnswers);
    }

    @Test
    void shouldCountAnAnswerToARequestThatWasGivenUp() {
        TestShard shard = shard(held::add);

        shard.submit("r", FakeRequest.plain());
        shard.advance(Duration.ofSeconds(6));
        first(held.getFirst());
        shard.serve();

        assertThat(figures(shard).lateAnswers()).isEqualTo(1);
    }

    @Test
    void shouldTimeOneCallInMany() {
        TestShard[] shard = new TestShard[1];
        shard[0] = shard(context -> {
            shard[0].clock().advance(Duration.ofNanos(held.isEmpty() ? 100 : 300));
            held.add(context);
            first(context);
        });

        for (int i = 0; i < 2 * StrategyFigures.TIMED_ONE_IN; i++) {
            shard[0].route("r");
        }

        // The first one, which made it and took no time, and two others.
        assertThat(figures(shard[0])).returns(3L, StrategyFigures.Now::timedCalls)
                .returns(600L, StrategyFigures.Now::timedNanos).returns(300L, StrategyFigures.Now::longestNanos)
                .returns(200.0, StrategyFigures.Now::meanNanos);
        assertThat(new StrategyFigures().now().meanNanos()).isNaN();
    }

    @Test
    void shouldCountAPartOfAnExpressionAsItself() {
        TestShard shard = TestShard.of(ScriptedProvider.scorer("a", Scorer.Polarity.MOST, 1, 2),
                ScriptedProvider.scorer("b", Scorer.Polarity.LEAST, 1, 2));
        shard.fleet().add("p1", "p2");

        shard.route("a,b");

        assertThat(EngineParts.figures(shard, "a").calls()).isEqualTo(2);
        assertThat(EngineParts.figures(shard, "b").calls()).isEqualTo(2);
        assertThat(EngineParts.figures(shard, "expression")).returns(1L, StrategyFigures.Now::calls)
                .returns(0L, StrategyFigures.Now::fallbacks);
    }
}
