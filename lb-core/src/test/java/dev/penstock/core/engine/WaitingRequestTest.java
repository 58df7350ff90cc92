package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.Metrics;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A router that lets requests wait: what it is told, and what it may answer. */
class WaitingRequestTest {

    private static final class Holding implements Router {

        private final RouterEnvironment environment;
        private final List<RoutingContext> held = new ArrayList<>();
        private final List<RoutingContext> revoked = new ArrayList<>();

        private Holding(RouterEnvironment environment) {
            this.environment = environment;
        }

        @Override
        public void route(RoutingContext context) {
            held.add(context);
            environment.queued("m", held.size());
            environment.wakeAt(environment.nanoTime() + 1);
        }

        @Override
        public void revoked(RoutingContext context) {
            revoked.add(context);
        }

        @Override
        public void woken(long nowNanos) {
            for (RoutingContext context : held) {
                Candidates now = context.currentCandidates();
                seen.add(IntStream.range(0, now.size()).mapToObj(i -> now.get(i).name()).toList());
                if (!newest.isEmpty()) {
                    context.select(newest.getLast());
                }
            }
        }

        private final List<List<String>> seen = new ArrayList<>();
        private final List<PodView> newest = new ArrayList<>();
    }

    private final List<Holding> made = new ArrayList<>();
    private final TestShard shard = TestShard.of(ScriptedProvider.making("holding", environment -> {
        made.add(new Holding(environment));
        return made.getLast();
    }), ScriptedProvider.making("other", environment -> {
        made.add(new Holding(environment));
        return made.getLast();
    }));

    private Routed ask(String selector) {
        Routed routed = shard.submit("holding", FakeRequest.plain(), selector, List.of());
        shard.serve();
        return routed;
    }

    @Test
    void shouldTellTheRouterThatNobodyWaits() {
        shard.fleet().add("p1");
        Routed first = ask("");
        ask("");
        shard.submit("other", FakeRequest.plain());
        assertThat(first.cancel()).isTrue();
        shard.serve();
        assertThat(made.get(0).revoked).containsExactly(made.get(0).held.getFirst());
        assertThat(made.get(1).revoked).as("of a router that was not asked").isEmpty();
    }

    @Test
    void shouldTellNobodyOfARequestThatNoRouterWasAskedAbout() {
        shard.fleet().add("p1");
        ask("");
        Routed second = shard.submit("holding", FakeRequest.plain());
        second.cancel();
        shard.serve();
        assertThat(made.getFirst().revoked).isEmpty();
        assertThat(made.getFirst().held).hasSize(1);
    }

    @Test
    void shouldTellTheRouterWhenTheDeadlineHasPassed() {
        shard.fleet().add("p1");
        Routed routed = ask("");
        shard.advance(Duration.ofSeconds(5));
        assertThat(routed.fallbackReason()).isEqualTo("deadline");
        assertThat(made.getFirst().revoked).hasSize(1);
    }

    @Test
    void shouldShowTheCandidatesAsTheyAreNow() {
        shard.fleet().add("p1", "p2").label("p2", "tier", "gold");
        ask("");
        ask("tier=gold");
        shard.fleet().add("p3").label("p3", "tier", "gold").remove("p2");
        shard.advance(Duration.ofMillis(1));
        assertThat(made.getFirst().seen).containsExactly(List.of("p1", "p3"), List.of("p3"));
    }

    @Test
    void shouldTakeAPodThatHasComeMeanwhile() {
        shard.fleet().add("p1");
        Routed routed = ask("");
        shard.fleet().add("p2");
        made.getFirst().newest.add(shard.pod("p2"));
        shard.advance(Duration.ofMillis(1));
        assertThat(routed.pod()).isEqualTo("p2");
        assertThat(routed.fallbackReason()).isNull();
        assertThat(shard.failures("holding")).isZero();
    }

    @Test
    void shouldNotTakeANewPodThatTheRequestMustNotGoTo() {
        shard.fleet().add("p1").label("p1", "tier", "gold");
        Routed routed = ask("tier=gold");
        shard.fleet().add("p2");
        made.getFirst().newest.add(shard.pod("p2"));
        shard.advance(Duration.ofMillis(1));
        assertThat(routed.pod()).isEqualTo("p1");
        assertThat(routed.fallbackReason()).isEqualTo("invalid_answer");
    }

    @Test
    void shouldShowCandidatesToTheRoutersThreadOnly() {
        shard.fleet().add("p1");
        ask("");
        RoutingContext context = made.getFirst().held.getFirst();
        assertThat(CompletableFuture.supplyAsync(() -> {
            assertThatThrownBy(context::currentCandidates).isInstanceOf(IllegalStateException.class);
            return true;
        }).join()).isTrue();
    }

    @Test
    void shouldKnowHowManyWait() {
        shard.fleet().add("p1");
        assertThat(shard.queued("m")).isZero();
        ask("");
        ask("");
        assertThat(shard.queued("m")).isEqualTo(2);
        made.getFirst().environment.queued("m", 0);
        assertThat(shard.queued("m")).isZero();
    }

    @Test
    void shouldForgetWhatAnEarlierServerHasTold() {
        EngineMetrics metrics = new EngineMetrics(Metrics.NONE);
        QueueLengths before = metrics.queues("slo", 0);
        metrics.queues("slo", 1).set("m", 2);
        before.set("m", 5);
        assertThat(metrics.queued("m")).isEqualTo(7);
        metrics.forget(0);
        assertThat(metrics.queued("m")).isEqualTo(2);
        QueueLengths next = metrics.queues("slo", 0);
        before.set("m", 9);
        next.set("m", 1);
        assertThat(metrics.queued("m")).isEqualTo(3);
    }
}
