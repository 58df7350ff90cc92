package dev.penstock.bench.soak;

import java.util.concurrent.atomic.AtomicLong;

/** Hands out the numbers of requests until there are no more, or until the time is over. Any thread. */
final class Tickets {
    private final AtomicLong next;
    private final long end;
    private final long deadlineNanos;
    private volatile boolean stopped;

    /**
     * Numbers of requests.
     *
     * @param first    the first number
     * @param count    how many at most
     * @param forNanos for how long at most
     */
    Tickets(long first, long count, long forNanos) {
        next = new AtomicLong(first);
        end = Long.MAX_VALUE - first < count ? Long.MAX_VALUE : first + count;
        deadlineNanos = System.nanoTime() + forNanos;
    }

    /** The next number, or -1 at the end. */
    long take() {
        if (stopped || System.nanoTime() - deadlineNanos >= 0) {
            return -1;
        }
        long number = next.getAndIncrement();
        return number < end ? number : -1;
    }

    /** No more numbers. */
    void stop() {
        stopped = true;
    }
}
