package dev.penstock.cache;

import java.util.concurrent.atomic.AtomicLong;

/** Whether what the sources told first is published. Any thread. */
final class FirstFleet {

    private static final long UNKNOWN = -1;

    private final AtomicLong lastOfIt = new AtomicLong(UNKNOWN);

    /**
     * Asked only once all sources have told what they knew first.
     *
     * @param posted commands posted so far
     * @param settled commands whose effect is published
     */
    boolean published(long posted, long settled) {
        lastOfIt.compareAndSet(UNKNOWN, posted);
        return settled >= lastOfIt.get();
    }
}
