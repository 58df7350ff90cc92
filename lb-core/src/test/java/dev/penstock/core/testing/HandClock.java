package dev.penstock.core.testing;

import dev.penstock.core.port.NanoClock;
import java.time.Duration;

/** A clock that stands still until it is moved. One thread moves it, any thread may read it. */
public final class HandClock implements NanoClock {

    private volatile long nanos = 1_000_000_000L;

    @Override
    public long nanoTime() {
        return nanos;
    }

    /** Moves it on. */
    public void advance(Duration by) {
        set(nanos + by.toNanos());
    }

    /** Moves it to a time. */
    public void set(long nanoTime) {
        nanos = nanoTime;
    }
}
