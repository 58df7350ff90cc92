package dev.penstock.bench.soak;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Hands out the numbers of requests until there are no more, or until the time is over. Any thread. */
final class Tickets {
    private final AtomicLong next;
    private final long end;
    private final long deadlineNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition resumed = lock.newCondition();
    private volatile boolean paused;
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

    /** The next number, or -1 at the end. Waits while there is a pause. */
    long take() {
        if (paused) {
            awaitResumed();
        }
        if (stopped || System.nanoTime() - deadlineNanos >= 0) {
            return -1;
        }
        long number = next.getAndIncrement();
        return number < end ? number : -1;
    }

    /** No more numbers. */
    void stop() {
        stopped = true;
        resume();
    }

    /** No numbers until {@link #resume}. */
    void pause() {
        paused = true;
    }

    /** Ends a pause. */
    void resume() {
        lock.lock();
        try {
            paused = false;
            resumed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitResumed() {
        lock.lock();
        try {
            while (paused) {
                resumed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
