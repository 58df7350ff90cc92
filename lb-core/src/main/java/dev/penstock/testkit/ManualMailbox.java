package dev.penstock.testkit;

import dev.penstock.core.engine.EngineHost;
import dev.penstock.core.engine.LifecycleEvent;
import dev.penstock.core.engine.Mailbox;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.KvEvent;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A mailbox and host for one shard that the test's own thread serves. Posting: any thread; the rest: the test's. */
final class ManualMailbox implements Mailbox, EngineHost {

    private final HandClock clock;
    private final Queue<LifecycleEvent> lifecycle = new ConcurrentLinkedQueue<>();
    private final Queue<RoutingAttempt> requests = new ArrayDeque<>();
    private final Queue<KvEvent> kvEvents = new ArrayDeque<>();
    private final AtomicBoolean snapshotChanged = new AtomicBoolean();
    private long wakeAtNanos = Long.MAX_VALUE;
    private boolean lost;
    private int inRouter;
    private int calls;

    /** A mailbox whose wake-ups come by a clock. */
    public ManualMailbox(HandClock clock) {
        this.clock = clock;
    }

    /** Puts an attempt in. */
    public void submit(RoutingAttempt attempt) {
        requests.add(attempt);
    }

    /** Puts a KV event in. */
    public void submit(KvEvent event) {
        kvEvents.add(event);
    }

    /** The fleet has changed. Any thread. */
    public void snapshotChanged() {
        snapshotChanged.set(true);
    }

    /** From now on the shard belongs to another server. */
    public void lose() {
        lost = true;
    }

    /** How often code of a plugin was entered. */
    public int calls() {
        return calls;
    }

    /** The time that the engine waits for; {@link Long#MAX_VALUE} for none. */
    public long wakeAtNanos() {
        return wakeAtNanos;
    }

    @Override
    public @Nullable LifecycleEvent pollLifecycle() {
        return lifecycle.poll();
    }

    @Override
    public @Nullable RoutingAttempt pollRequest() {
        return requests.poll();
    }

    @Override
    public boolean takeSnapshotChanged() {
        return snapshotChanged.getAndSet(false);
    }

    @Override
    public boolean takeWakeUp() {
        if (clock.nanoTime() < wakeAtNanos) {
            return false;
        }
        wakeAtNanos = Long.MAX_VALUE;
        return true;
    }

    @Override
    public @Nullable KvEvent pollKvEvent() {
        return kvEvents.poll();
    }

    @Override
    public void enterRouter() {
        if (inRouter++ != 0) {
            throw new AssertionError("entered a router within a router");
        }
        calls++;
    }

    @Override
    public boolean leaveRouter() {
        if (--inRouter != 0) {
            throw new AssertionError("left a router that was not entered");
        }
        return !lost;
    }

    @Override
    public boolean pauseRouter() {
        return !lost;
    }

    @Override
    public void resumeRouter() {
        if (inRouter != 1) {
            throw new AssertionError("went back to a router that was not entered");
        }
    }

    @Override
    public void post(LifecycleEvent event) {
        lifecycle.add(event);
    }

    @Override
    public void wakeAt(long nanoTime) {
        wakeAtNanos = Math.min(wakeAtNanos, nanoTime);
    }

    @Override
    public void leaveEventLoops() {
        // There is no event loop here.
    }
}
