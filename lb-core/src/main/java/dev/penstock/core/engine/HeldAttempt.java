package dev.penstock.core.engine;

import dev.penstock.core.port.HeldRequests;
import java.util.concurrent.atomic.AtomicBoolean;

/** An attempt that is counted as one that waits in a router. Whoever answers or cancels it ends that, on any thread. */
final class HeldAttempt {

    private final HeldRequests.Hold hold;
    private final AtomicBoolean ended = new AtomicBoolean();

    HeldAttempt(HeldRequests.Hold hold) {
        this.hold = hold;
    }

    void end() {
        if (ended.compareAndSet(false, true)) {
            hold.release();
        }
    }
}
