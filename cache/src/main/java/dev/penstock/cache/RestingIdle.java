package dev.penstock.cache;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.IdleStrategy;

/** Lets an agent's thread rest as long as the agent says, or until somebody wakes it. Confined to that thread. */
final class RestingIdle implements IdleStrategy {

    // A thread that is woken once a second costs nothing, and a wake-up that was lost costs a second.
    private static final long LONGEST_NANOS = 1_000_000_000;

    private final LongSupplier restNanos;

    RestingIdle(LongSupplier restNanos) {
        this.restNanos = restNanos;
    }

    @Override
    public void idle(int workCount) {
        if (workCount == 0) {
            idle();
        }
    }

    @Override
    public void idle() {
        LockSupport.parkNanos(this, Math.min(restNanos.getAsLong(), LONGEST_NANOS));
    }

    @Override
    public void reset() {}

    @Override
    public String alias() {
        return "resting";
    }
}
