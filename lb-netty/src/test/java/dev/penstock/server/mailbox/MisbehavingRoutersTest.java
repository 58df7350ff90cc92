package dev.penstock.server.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.engine.Dispatcher;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 10,000 requests each, from several threads, with routers that break their contract among good ones. */
@Timeout(60)
class MisbehavingRoutersTest {

    private static final int REQUESTS = 10_000;
    private static final int SUBMITTERS = 3;
    private static final int WINDOW = 64;
    private static final long STALL_NANOS = 200_000_000;

    private final TestShards shards = new TestShards(4);
    private final ThreadLocal<Boolean> isLoop = ThreadLocal.withInitial(() -> false);
    private final Queue<Waiting> unanswered = new ConcurrentLinkedQueue<>();
    private final CountDownLatch answers = new CountDownLatch(REQUESTS);
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger resubmitted = new AtomicInteger();

    /** The owner of one request: what an exchange does, in small. */
    private final class Waiting implements RoutingAttempt.Owner {
        private final ShardSet set;
        private final AtomicInteger finished = new AtomicInteger();
        private final Runnable done;
        private volatile RoutingAttempt attempt;

        Waiting(ShardSet set, String strategy, Runnable done) {
            this.set = set;
            this.done = done;
            this.attempt = shards.attempt(strategy, this);
        }

        void submit() {
            unanswered.add(this);
            while (!set.submit(attempt, 0)) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void answered(RoutingAttempt answer) {
            if (!finished.compareAndSet(0, 1)) {
                return;
            }
            unanswered.remove(this);
            if (answer.plan() == null) {
                errors.incrementAndGet();
            } else {
                answer.firstByte();
            }
            answer.ended(Usage.UNKNOWN);
            done.run();
            answers.countDown();
        }

        void newEpoch(int epoch) {
            RoutingAttempt old = attempt;
            if (old.askedInEpoch() < 0 || old.askedInEpoch() >= epoch) {
                return;
            }
            if (old.cancel()) {
                resubmitted.incrementAndGet();
                attempt = shards.attempt(old.strategies().getFirst(), this);
                while (!set.submit(attempt, 0)) {
                    Thread.onSpinWait();
                }
            } else if (old.isDone()) {
                answered(old);
            }
        }
    }

    private void run(String... strategies) throws InterruptedException {
        shards.ringCapacity = 1024;
        ShardSet set = new ShardSet(shards.context(STALL_NANOS, isLoop::get, true));
        Dispatcher.EpochListener again = (shard, epoch) -> unanswered.forEach(waiting -> waiting.newEpoch(epoch));
        set.onNewEpoch(again);
        set.start();
        List<Thread> submitters = new ArrayList<>();
        AtomicInteger numbers = new AtomicInteger();
        for (int i = 0; i < SUBMITTERS; i++) {
            boolean loop = i > 0;
            submitters.add(Thread.ofPlatform().daemon().start(() -> {
                isLoop.set(loop);
                Semaphore window = new Semaphore(WINDOW);
                int number;
                while ((number = numbers.getAndIncrement()) < REQUESTS) {
                    window.acquireUninterruptibly();
                    new Waiting(set, strategies[number % strategies.length], window::release).submit();
                }
            }));
        }
        boolean all = answers.await(50, TimeUnit.SECONDS);
        assertThat(all).as("unanswered: %s of %s, %s", answers.getCount(), REQUESTS, set.stats()).isTrue();
        for (Thread submitter : submitters) {
            submitter.join();
        }
        set.close();
        assertThat(errors).hasValue(0);
        assertThat(shards.fleet.allInFlight()).isZero();
        assertThat(shards.fleet.allPendingTokens()).isZero();
        assertThat(unanswered).isEmpty();
    }

    private static void least(RoutingContext context) {
        Candidates candidates = context.candidates();
        int best = 0;
        for (int i = 1; i < candidates.size(); i++) {
            if (context.load().inFlight(candidates.get(i)) < context.load().inFlight(candidates.get(best))) {
                best = i;
            }
        }
        context.select(candidates.get(best));
    }

    @Test
    void shouldAnswerAllWithoutAnyMisbehavior() throws InterruptedException {
        shards.with("good", true, environment -> MisbehavingRoutersTest::least);

        run("good");

        assertThat(shards.count("penstock_router_served shard 0 thread loop")).isPositive();
        assertThat(shards.count("penstock_router_served shard 0 thread loop")
                + shards.count("penstock_router_served shard 0 thread router")).isEqualTo(REQUESTS);
    }

    @Test
    void shouldAnswerAllWhereARouterThrows() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        shards.with("good", true, environment -> MisbehavingRoutersTest::least)
                .with("throws", true, environment -> context -> {
                    if (calls.incrementAndGet() % 2 == 0) {
                        context.select(context.candidates().get(0));
                    }
                    throw new IllegalStateException("on purpose");
                });

        run("good", "throws");

        assertThat(calls).hasPositiveValue();
        assertThat(shards.count("penstock_router_failures strategy throws")).isEqualTo(calls.get());
    }

    @Test
    void shouldAnswerAllWhereARouterAnswersFromAnotherThread() throws InterruptedException {
        try (ExecutorService other = Executors.newFixedThreadPool(2)) {
            shards.with("good", true, environment -> MisbehavingRoutersTest::least)
                    .with("later", false, environment -> context -> other.execute(() -> least(context)));

            run("good", "later");
        }
        assertThat(shards.count("penstock_router_fallback reason router_failed")).isZero();
    }

    @Test
    void shouldAnswerAllWhereARouterSpinsForEver() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Queue<Thread> stuck = new ConcurrentLinkedQueue<>();
        shards.with("good", true, environment -> MisbehavingRoutersTest::least)
                .with("thinks", false, environment -> new Router() {
                    private final List<RoutingContext> kept = new ArrayList<>();

                    @Override
                    public void route(RoutingContext context) {
                        kept.add(context);
                        environment.wakeAt(environment.nanoTime() + 1_000_000);
                    }

                    @Override
                    public void woken(long nowNanos) {
                        kept.forEach(MisbehavingRoutersTest::least);
                        kept.clear();
                    }
                })
                .with("spins", false, environment -> context -> {
                    if (calls.incrementAndGet() > 30) {
                        stuck.add(Thread.currentThread());
                        while (!over.get()) {
                            // Late answers of an earlier epoch, on and on.
                            least(context);
                        }
                    }
                    least(context);
                });

        Set<Thread> before = Thread.getAllStackTraces().keySet();

        run("good", "spins", "thinks", "good", "thinks", "thinks");

        assertThat(stuck).hasSize(1);
        assertThat(shards.count("penstock_router_stalls strategy spins")).isEqualTo(1);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("lb-") && !before.contains(thread))
                .containsExactlyInAnyOrderElementsOf(stuck)
                .allMatch(Thread::isDaemon);

        // It was never to come back; where it does after all, it leaves at once and changes nothing.
        over.set(true);
        stuck.element().join();
        assertThat(shards.fleet.allInFlight()).isZero();
    }
}
