package dev.penstock.cache.tracking;

import dev.penstock.core.port.HeldRequests;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is kept of a model while it is in the fleet or has requests pending. Any thread.
 *
 * <p>A lease holds the very one that it counted up in, whatever the name stands for meanwhile.
 */
final class TrackedModel {

    /** Of a model that has left while nothing was pending: nobody counts here any more. */
    private static final int CLOSED = -1;

    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final OutputHistory outputs;

    TrackedModel(long nowNanos) {
        outputs = new OutputHistory(OutputHistory.WINDOW_NANOS, nowNanos);
    }

    /** Counts a request; false where it is closed. */
    boolean begin() {
        int before = pending.get();
        while (before != CLOSED) {
            if (pending.compareAndSet(before, before + 1)) {
                return true;
            }
            before = pending.get();
        }
        return false;
    }

    void end() {
        pending.decrementAndGet();
    }

    /** Closes it; false where requests are pending. */
    boolean close() {
        return pending.compareAndSet(0, CLOSED);
    }

    /** Requests that have begun and not ended. */
    int pending() {
        return Math.max(0, pending.get());
    }

    /** Counts a request that waits in a router. */
    HeldRequests.Hold hold() {
        held.incrementAndGet();
        return held::decrementAndGet;
    }

    /** Requests that wait in routers. */
    int held() {
        return held.get();
    }

    OutputHistory outputs() {
        return outputs;
    }
}
