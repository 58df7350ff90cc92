package dev.penstock.server.mailbox;

import dev.penstock.core.engine.LifecycleEvent;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.port.Metrics;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a mailbox. Any thread adds and asks whether something waits; the holder of the shard takes. No method
 * waits. Whoever adds has a full fence before it looks at who serves.
 */
final class Lanes {

    private static final long NEVER = Long.MAX_VALUE;
    private static final VarHandle WAKE_AT;

    static {
        try {
            WAKE_AT = MethodHandles.lookup().findVarHandle(Lanes.class, "wakeAtNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Queue<LifecycleEvent> lifecycle = new ConcurrentLinkedQueue<>();
    private final BoundedLane<RoutingAttempt> requests;
    private final KvLane kvEvents;
    // Set before the first turn, so that the shard acknowledges the fleet that it starts with.
    private volatile boolean snapshotChanged = true;
    private volatile boolean wakeUpDue;
    private volatile long wakeAtNanos = NEVER;
    // An attempt that a loop must not serve, taken by a loop: the first one for the shard's own thread.
    private volatile @Nullable RoutingAttempt putAside;

    Lanes(int capacity, Metrics.Count kvEventsDropped) {
        requests = new BoundedLane<>(capacity);
        kvEvents = new KvLane(capacity, kvEventsDropped);
    }

    /** Whether there is something to be served. */
    boolean waiting() {
        return !requests.isEmpty() || !lifecycle.isEmpty() || putAside != null || snapshotChanged || wakeUpDue
                || !kvEvents.isEmpty();
    }

    /** Attempts that wait. */
    int depth() {
        return requests.size() + (putAside == null ? 0 : 1);
    }

    BoundedLane<RoutingAttempt> requests() {
        return requests;
    }

    Queue<LifecycleEvent> lifecycle() {
        return lifecycle;
    }

    KvLane kvEvents() {
        return kvEvents;
    }

    // ---- the flags

    void snapshotHasChanged() {
        snapshotChanged = true;
    }

    boolean takeSnapshotChanged() {
        boolean changed = snapshotChanged;
        if (changed) {
            snapshotChanged = false;
        }
        return changed;
    }

    /** Asks for a wake-up; whether it is earlier than any that was asked for. Any thread. */
    boolean wakeAt(long nanoTime) {
        long asked = wakeAtNanos;
        while (nanoTime < asked) {
            if (WAKE_AT.compareAndSet(this, asked, nanoTime)) {
                return true;
            }
            asked = wakeAtNanos;
        }
        return false;
    }

    /** Sees whether the time that was asked for has come. Any thread. */
    void lookAtTime(long nowNanos) {
        long at = wakeAtNanos;
        if (at != NEVER && nowNanos - at >= 0) {
            wakeUpDue = true;
        }
    }

    /** How long until a wake-up is due, in nanoseconds; 0 or less where it should be by now, MAX_VALUE for never. */
    long untilWakeUp(long nowNanos) {
        long at = wakeAtNanos;
        return wakeUpDue || at == NEVER ? NEVER : at - nowNanos;
    }

    boolean takeWakeUp() {
        if (!wakeUpDue) {
            return false;
        }
        wakeUpDue = false;
        wakeAtNanos = NEVER;
        return true;
    }

    // ---- what a loop must not serve

    /** Whether something waits for the shard's own thread, and all later attempts wait behind it. */
    boolean forThread() {
        return putAside != null || snapshotChanged || wakeUpDue;
    }

    void putAside(RoutingAttempt attempt) {
        putAside = attempt;
    }

    @Nullable RoutingAttempt takePutAside() {
        RoutingAttempt attempt = putAside;
        if (attempt != null) {
            putAside = null;
        }
        return attempt;
    }
}
