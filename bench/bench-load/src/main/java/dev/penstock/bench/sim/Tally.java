package dev.penstock.bench.sim;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A number that can be waited for: a test says "when the third request has arrived" instead of sleeping.
 *
 * <p>Any thread may read it and wait; the engine's event loop changes it.
 */
public final class Tally {
    private final AtomicLong value = new AtomicLong();
    private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

    private record Waiter(long threshold, boolean upwards, CompletableFuture<Long> future) {
        boolean completeIfReached(long value) {
            if (upwards ? value < threshold : value > threshold) {
                return false;
            }
            future.complete(value);
            return true;
        }
    }

    /** Returns the value now. */
    public long value() {
        return value.get();
    }

    /**
     * Returns a future of the value, complete as soon as it is at least {@code threshold}; at once if it is already.
     *
     * @param threshold the value waited for
     */
    public CompletableFuture<Long> atLeast(long threshold) {
        return await(new Waiter(threshold, true, new CompletableFuture<>()));
    }

    /**
     * Returns a future of the value, complete as soon as it is at most {@code threshold}; at once if it is already.
     *
     * @param threshold the value waited for, for a number that also falls (connections open, requests in flight)
     */
    public CompletableFuture<Long> atMost(long threshold) {
        return await(new Waiter(threshold, false, new CompletableFuture<>()));
    }

    long increment() {
        return changed(value.incrementAndGet());
    }

    void decrement() {
        changed(value.decrementAndGet());
    }

    void add(long delta) {
        changed(value.addAndGet(delta));
    }

    void raiseTo(long candidate) {
        if (candidate > value.get()) {
            changed(value.accumulateAndGet(candidate, Math::max));
        }
    }

    private CompletableFuture<Long> await(Waiter waiter) {
        waiters.add(waiter);
        // Registered first, looked at second: a change between the two is seen by one side or the other.
        if (waiter.completeIfReached(value.get())) {
            waiters.remove(waiter);
        }
        return waiter.future();
    }

    private long changed(long now) {
        if (!waiters.isEmpty()) {
            for (Iterator<Waiter> each = waiters.iterator(); each.hasNext();) {
                if (each.next().completeIfReached(now)) {
                    each.remove();
                }
            }
        }
        return now;
    }

    @Override
    public String toString() {
        return Long.toString(value());
    }
}
