package dev.penstock.testkit;

import java.time.Duration;

/** A clock that stands still until it is moved. One thread moves it, any thread may read it. */
public final class HandClock {

    private volatile long nanos = 1_000_000_000L;

    /** A clock of its own; that of a shard is {@link TestShard#clock}. */
    public HandClock() {}

    /** The time in nanoseconds, as routers read it in {@link dev.penstock.spi.RouterEnvironment#nanoTime}. */
    public long nanoTime() {
        return nanos;
    }

    /**
     * Moves it on. No router notices before it is called again: see {@link TestShard#advance}.
     *
     * @param by how far; not negative
     */
    public void advance(Duration by) {
        set(nanos + by.toNanos());
    }

    /**
     * Moves it to a time.
     *
     * @param nanoTime in nanoseconds
     */
    public void set(long nanoTime) {
        nanos = nanoTime;
    }
}
