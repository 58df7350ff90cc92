package dev.penstock.server.mailbox;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Wakes the shard's own thread, and costs one read where it is awake. {@link #arm} and {@link #disarm} by that thread,
 * {@link #ring} by any.
 *
 * <p>The thread arms, then looks for work, then parks; the others add work, have a full fence, then ring: one of the
 * two sees the other.
 */
public final class Doorbell {

    private static final VarHandle ARMED;

    static {
        try {
            ARMED = MethodHandles.lookup().findVarHandle(Doorbell.class, "armed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile boolean armed;
    private volatile @Nullable Thread sleeper;

    /** The current thread is about to look for work for the last time before it parks. */
    public void arm() {
        sleeper = Thread.currentThread();
        ARMED.setVolatile(this, true);
        VarHandle.fullFence();
    }

    /** Whether the thread is parked or about to, and nobody has rung. */
    public boolean armed() {
        return armed;
    }

    /** The current thread is awake. */
    public void disarm() {
        armed = false;
    }

    /** Wakes the thread if it is parked or about to; whether it was. After a full fence. */
    public boolean ring() {
        if (!armed || !(boolean) ARMED.getAndSet(this, false)) {
            return false;
        }
        LockSupport.unpark(sleeper);
        return true;
    }
}
