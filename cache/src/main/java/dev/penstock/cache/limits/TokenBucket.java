package dev.penstock.cache.limits;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket that is full after a window without takes, and fills evenly. Any thread; exact, for all that it knows is in
 * one word: the time at which it is full (the generic cell rate algorithm, ITU-T I.371). A take of {@code n} out of
 * {@code L} in a window {@code W} moves that time by {@code n·W/L}, and there is room as long as it is no more than
 * {@code W} ahead. (jcstress: {@code TwoTakesOfABucketStress}, {@code TakeOrGiveBackStress})
 */
public final class TokenBucket {

    private final long windowNanos;
    private final AtomicLong fullAt;

    /**
     * A full one.
     *
     * @param windowNanos how long it takes to fill
     * @param now the time, by any clock that does not go back
     */
    public TokenBucket(long windowNanos, long now) {
        this.windowNanos = windowNanos;
        this.fullAt = new AtomicLong(now);
    }

    /**
     * Takes, if there is room.
     *
     * @param amount how much; more than the limit never fits
     * @param limit what is in a full bucket, more than 0
     * @return nanoseconds until it is full again; less than 0 where there is no room: then it is the time until there
     *     is, with its sign changed
     */
    public long take(long amount, long limit, long now) {
        long cost = cost(amount, limit);
        while (true) {
            long before = fullAt.get();
            long ahead = Math.max(0, before - now) + cost;
            if (ahead > windowNanos) {
                return windowNanos - ahead;
            }
            if (fullAt.compareAndSet(before, now + ahead)) {
                return ahead;
            }
        }
    }

    /**
     * Takes more, whether there is room or not, or gives back.
     *
     * @param amount how much; less than 0 gives back
     */
    public void change(long amount, long limit, long now) {
        long cost = cost(amount, limit);
        while (true) {
            long before = fullAt.get();
            long ahead = Math.max(0, Math.max(0, before - now) + cost);
            if (fullAt.compareAndSet(before, now + ahead)) {
                return;
            }
        }
    }

    /** Nanoseconds until it is full. */
    public long untilFull(long now) {
        return Math.max(0, fullAt.get() - now);
    }

    /** What is left of a limit, so many nanoseconds before the bucket is full. */
    public long left(long limit, long untilFull) {
        return Math.max(0, (long) ((windowNanos - untilFull) * (limit / (double) windowNanos)));
    }

    private long cost(long amount, long limit) {
        return (long) (amount * (windowNanos / (double) limit));
    }
}
