package dev.penstock.server.body;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of request bodies a process may hold, for inspection, retry and queueing. Any thread.
 *
 * <p>The count goes up before it is compared and down again on overflow, so that no number of threads together gets
 * more than the limit. A refusal that races with another may be needless; it never lets too much in.
 */
public final class BodyBudget {
    private final long limit;
    private final AtomicLong held = new AtomicLong();

    /**
     * A budget of which nothing is taken.
     *
     * @param limit bytes
     * @throws IllegalArgumentException if the limit is negative
     */
    public BodyBudget(long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit must not be negative: " + limit);
        }
        this.limit = limit;
    }

    /**
     * Takes bytes, all or none.
     *
     * @return false if they do not fit; nothing is taken then
     * @throws IllegalArgumentException if the number is negative
     */
    public boolean tryTake(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative: " + bytes);
        }
        // Compared before adding, so that an absurd length cannot make the sum overflow.
        if (bytes > limit) {
            return false;
        }
        if (held.addAndGet(bytes) > limit) {
            held.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives back bytes that were taken. */
    public void release(long bytes) {
        long left = held.addAndGet(-bytes);
        assert left >= 0 : "more bytes released than taken: " + left;
    }

    /** Bytes taken now. */
    public long held() {
        return held.get();
    }

    /** Bytes there are in all. */
    public long limit() {
        return limit;
    }
}
