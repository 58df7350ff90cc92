package dev.penstock.cache.replica;

import java.util.SplittableRandom;

/** Tells when something is due again: regularly, but not for all replicas at the same time. Confined to its owner. */
final class Period {

    private static final double JITTER = 0.1;

    private final long nanos;
    private final SplittableRandom random;
    private long dueNanos;

    /**
     * Due at once.
     *
     * @param nanos the time between two turns
     * @param seed differs from replica to replica
     * @param nowNanos the time
     */
    Period(long nanos, long seed, long nowNanos) {
        this.nanos = nanos;
        this.random = new SplittableRandom(seed);
        this.dueNanos = nowNanos;
    }

    boolean due(long nowNanos) {
        return nowNanos - dueNanos >= 0;
    }

    /** A turn begins: the next one is due a period later, give or take a tenth. */
    void begin(long nowNanos) {
        dueNanos = nowNanos + (long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }

    long restNanos(long nowNanos) {
        return Math.max(0, dueNanos - nowNanos);
    }
}
