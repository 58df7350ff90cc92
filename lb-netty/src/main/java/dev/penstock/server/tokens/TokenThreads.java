package dev.penstock.server.tokens;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads {@code lb-tokens-N}, and what waits for them, which is bounded. Any thread; nobody waits to hand in.
 */
final class TokenThreads implements AutoCloseable {

    private final ThreadPoolExecutor threads;
    private final AtomicInteger waiting = new AtomicInteger();
    private final int most;

    TokenThreads(int count, int most) {
        this.most = most;
        AtomicInteger made = new AtomicInteger();
        // A queue without a lock: event loops put into it.
        threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedTransferQueue<>(), task ->
                Thread.ofPlatform().daemon().name("lb-tokens-" + made.getAndIncrement()).unstarted(task));
        threads.prestartAllCoreThreads();
    }

    /** Has it run soon; false where too much waits already, or the process ends. */
    boolean run(Runnable job) {
        if (waiting.incrementAndGet() > most) {
            waiting.decrementAndGet();
            return false;
        }
        try {
            threads.execute(() -> {
                waiting.decrementAndGet();
                job.run();
            });
            return true;
        } catch (RejectedExecutionException e) {
            waiting.decrementAndGet();
            return false;
        }
    }

    /** What waits is not run any more. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
