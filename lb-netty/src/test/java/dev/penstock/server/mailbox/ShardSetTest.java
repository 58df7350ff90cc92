package dev.penstock.server.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shards with their own threads. */
@Timeout(20)
class ShardSetTest {

    private static final long STALL_NANOS = 100_000_000;

    private final TestShards shards = new TestShards(2);
    private final CompletableFuture<Thread> woken = new CompletableFuture<>();
    private final CompletableFuture<Thread> closed = new CompletableFuture<>();
    private final CountDownLatch release = new CountDownLatch(1);

    private ShardSet started(boolean loop) {
        ShardSet set = new ShardSet(shards.context(STALL_NANOS, () -> loop, true));
        set.start();
        return set;
    }

    private static void choose(RoutingContext context) {
        context.select(context.candidates().get(0));
    }

    private static Thread within(CompletableFuture<Thread> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void shouldServeByItsOwnThreadForOneThatIsNoLoop() {
        CompletableFuture<Thread> answered = new CompletableFuture<>();
        try (ShardSet set = started(false)) {
            set.submit(shards.attempt("", attempt -> answered.complete(Thread.currentThread())), 0);

            assertThat(within(answered).getName()).isEqualTo("lb-router-0");
        }
    }

    @Test
    void shouldServeAtOnceForALoop() throws InterruptedException {
        CompletableFuture<Thread> answered = new CompletableFuture<>();
        try (ShardSet set = started(true)) {
            // Once it has seen the first fleet, its own thread has nothing to do.
            assertThat(shards.fleet.acknowledgments.poll(10, TimeUnit.SECONDS)).isEqualTo(1);

            set.submit(shards.attempt("", attempt -> answered.complete(Thread.currentThread())), 0);

            assertThat(within(answered)).isNotNull();
        }
    }

    @Test
    void shouldAcknowledgeAFleetWhileNothingIsAsked() throws InterruptedException {
        try (ShardSet set = started(true)) {
            assertThat(shards.fleet.acknowledgments.poll(10, TimeUnit.SECONDS)).isEqualTo(1);

            shards.fleet.publish(List.of(TestFleet.pod(1)));

            assertThat(shards.fleet.acknowledgments.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(set.stats()).singleElement().extracting(ShardStats::epoch).isEqualTo(0);
        }
    }

    @Test
    void shouldWakeARouterByItsOwnThread() {
        shards.with("s", true, environment -> new Router() {
            @Override
            public void route(RoutingContext context) {
                choose(context);
                environment.wakeAt(environment.nanoTime() + 1_000_000);
            }

            @Override
            public void woken(long nowNanos) {
                woken.complete(Thread.currentThread());
            }
        });
        try (ShardSet set = started(true)) {
            set.submit(shards.attempt("s", attempt -> {}), 0);

            assertThat(within(woken).getName()).isEqualTo("lb-router-0");
        }
    }

    @Test
    void shouldCloseItsRoutersAndTakeNothingMore() {
        shards.with("s", true, environment -> new Router() {
            @Override
            public void route(RoutingContext context) {
                choose(context);
            }

            @Override
            public void close() {
                closed.complete(Thread.currentThread());
            }
        });
        ShardSet set = started(true);
        RoutingAttempt last = shards.attempt("s", attempt -> {});
        set.submit(last, 0);

        set.close();

        assertThat(last.isDone()).isTrue();
        assertThat(within(closed).isAlive()).isFalse();
        assertThat(set.submit(shards.attempt("s", attempt -> {}), 0)).isFalse();
    }

    @Test
    void shouldNotWaitForARouterThatHangsWhileItIsClosed() throws InterruptedException {
        shards.with("s", true, environment -> new Router() {
            @Override
            public void route(RoutingContext context) {
                choose(context);
            }

            @Override
            public void close() {
                closed.complete(Thread.currentThread());
                while (release.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }
        });
        ShardSet set = started(true);
        set.submit(shards.attempt("s", attempt -> {}), 0);

        set.close();

        Thread stuck = within(closed);
        assertThat(stuck.isAlive()).isTrue();
        release.countDown();
        stuck.join();
    }
}
