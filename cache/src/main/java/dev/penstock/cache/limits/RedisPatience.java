package dev.penstock.cache.limits;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether Redis is asked: where it has been late several times in a row, only now and then, until one answer is in time
 * again. So nothing piles up, and few requests wait. Any thread.
 */
final class RedisPatience {

    static final int MOST_LATE = 16;
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final AtomicInteger late = new AtomicInteger();
    private final AtomicLong nextAt = new AtomicLong();

    /** Whether a request may wait for it. */
    boolean asks(long now) {
        if (late.get() < MOST_LATE) {
            return true;
        }
        long next = nextAt.get();
        return now - next >= 0 && nextAt.compareAndSet(next, now + REST_NANOS);
    }

    /** A request has waited in vain. */
    void late(long now) {
        if (late.get() < MOST_LATE && late.incrementAndGet() == MOST_LATE) {
            nextAt.set(now + REST_NANOS);
        }
    }

    /** An answer came in time. */
    void answered() {
        if (late.get() != 0) {
            late.set(0);
        }
    }
}
