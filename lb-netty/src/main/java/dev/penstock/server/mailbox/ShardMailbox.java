package dev.penstock.server.mailbox;

import dev.penstock.core.engine.Dispatcher;
import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineHost;
import dev.penstock.core.engine.LifecycleEvent;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.KvEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The mailbox of one shard, and the rules by which threads take turns to serve it. Any thread puts something in. It has
 * no thread of its own: {@link #serveOnThread} and {@link #awaitWork} are called by {@code lb-router-k},
 * {@link #watch} by {@code lb-watchdog}.
 *
 * <p>Nothing is stranded: whoever puts something in has a full fence and then finds the shard either idle, and sees to
 * its being served, or held; and the holder gives the shard up, has a full fence, and looks once more.
 */
public final class ShardMailbox implements EngineHost {

    private static final Logger LOG = System.getLogger(ShardMailbox.class.getName());

    /** Most attempts that an event loop serves at once. */
    private static final int LOOP_SHARE = 8;
    /** How long an event loop serves at once. */
    private static final long LOOP_NANOS = 50_000;

    private final int shard;
    private final ShardContext shards;
    private final EngineContext context;
    private final NanoClock clock;
    private final BooleanSupplier mayServeHere;
    private final Dispatcher.EpochListener epochs;
    private final StateWord state = new StateWord();
    private final Doorbell doorbell = new Doorbell();
    private final Lanes lanes;

    private volatile boolean threadOnly;
    private volatile boolean closing;
    private volatile ShardServer server;

    private final Metrics.Count servedOnLoop;
    private final Metrics.Count servedOnThread;
    private final Metrics.Count refused;

    // The watchdog's own.
    private long seenCalling;
    private long seenSinceNanos;

    /**
     * A mailbox with nothing in it.
     *
     * @param shard number of the shard
     * @param shards what it is made of
     * @param mayServeHere whether the current thread may serve the shard when it has put something in: it is an event
     *     loop, and serves no other shard
     * @param epochs told of each new server, by the thread that makes it; must not block
     */
    public ShardMailbox(int shard, ShardContext shards, BooleanSupplier mayServeHere,
            Dispatcher.EpochListener epochs) {
        this.shard = shard;
        this.shards = shards;
        this.context = shards.engines().apply(shard);
        this.clock = shards.clock();
        this.mayServeHere = mayServeHere;
        this.epochs = epochs;
        Metrics metrics = shards.metrics();
        String number = Integer.toString(shard);
        String help = "Attempts routed, by the kind of thread that served them.";
        servedOnLoop = metrics.counter("penstock_router_served", help, "shard", number, "thread", "loop");
        servedOnThread = metrics.counter("penstock_router_served", help, "shard", number, "thread", "router");
        refused = metrics.counter("penstock_router_refused", "Attempts that found the mailbox full.", "shard", number);
        lanes = new Lanes(shards.ringCapacity(), metrics.counter("penstock_kv_events_dropped",
                "KV events that found the mailbox full; their endpoints are resynchronized.", "shard", number));
        server = newServer(0, Set.of());
    }

    private ShardServer newServer(int epoch, Set<String> quarantined) {
        RoutingEngine engine = new RoutingEngine(context, this, epoch, quarantined);
        return new ShardServer(this, lanes, state, clock, engine, quarantined);
    }

    // ---- putting something in: any thread

    /**
     * Puts an attempt in.
     *
     * @return false where there is no room, or where the shard closes
     */
    public boolean submit(RoutingAttempt attempt) {
        if (closing) {
            return false;
        }
        if (!lanes.requests().offer(attempt)) {
            refused.increment();
            return false;
        }
        added(attempt.servedOnLoop());
        return true;
    }

    @Override
    public void post(LifecycleEvent event) {
        lanes.lifecycle().add(event);
        added(true);
    }

    /** The fleet has changed: the shard looks at it soon, also where it has nothing else to do. */
    public void snapshotChanged() {
        lanes.snapshotHasChanged();
        added(false);
    }

    /**
     * Puts a KV event in.
     *
     * @return false where there is no room: its endpoint is resynchronized later
     */
    public boolean kvEvent(KvEvent event) {
        boolean taken = lanes.kvEvents().offer(event);
        added(false);
        return taken;
    }

    /** Whether there is room for many more KV events. */
    public boolean hasRoomForKvEvents() {
        return lanes.kvEvents().hasRoom();
    }

    private void added(boolean onLoopToo) {
        VarHandle.fullFence();
        if (!state.idle()) {
            // The holder looks once more: another thread, or this very one that is within a call of its own.
            return;
        }
        if (onLoopToo && !threadOnly && mayServeHere.getAsBoolean()) {
            serveOnLoop();
        } else {
            doorbell.ring();
        }
    }

    @Override
    public void wakeAt(long nanoTime) {
        // The thread that sleeps until a later time has to set its alarm anew.
        if (lanes.wakeAt(nanoTime)) {
            doorbell.ring();
        }
    }

    @Override
    public void leaveEventLoops() {
        threadOnly = true;
    }

    // ---- serving

    /** Whether the current thread serves this shard. */
    boolean servedByCurrentThread() {
        return server.servedByCurrentThread();
    }

    private void serveOnLoop() {
        long now = clock.nanoTime();
        int share = LOOP_SHARE;
        long held;
        while ((held = state.hold()) != StateWord.NONE) {
            ShardServer serving = server;
            int epoch = StateWord.epoch(held);
            boolean handOver = threadOnly;
            if (!handOver) {
                held = turn(serving, held, share, now);
                if (held == StateWord.NONE) {
                    return;
                }
                share -= serving.served();
                servedOnLoop.add(serving.served());
                handOver = serving.spent() || share <= 0;
            }
            release(held, epoch);
            if (!lanes.waiting() && !closing) {
                return;
            }
            if (handOver || closing) {
                doorbell.ring();
                return;
            }
        }
    }

    /**
     * Serves until nothing waits or somebody else serves. By the shard's own thread.
     *
     * @return false where the shard was taken away from this thread, or is closed: it touches nothing any more
     */
    public boolean serveOnThread() {
        lanes.lookAtTime(clock.nanoTime());
        while (closing || lanes.waiting()) {
            long held = state.hold();
            if (held == StateWord.NONE) {
                return true;
            }
            ShardServer serving = server;
            int epoch = StateWord.epoch(held);
            boolean last = closing && !lanes.waiting();
            held = last ? serving.close(held) : turn(serving, held, 0, 0);
            if (held == StateWord.NONE || last) {
                // Closed, it stays held: nobody serves it any more.
                return false;
            }
            servedOnThread.add(serving.served());
            release(held, epoch);
        }
        return true;
    }

    /** Parks until there is something to serve, or for no reason. By the shard's own thread. */
    public void awaitWork() {
        if (!readyToPark()) {
            return;
        }
        long nanos = lanes.untilWakeUp(clock.nanoTime());
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        }
        doorbell.disarm();
    }

    /**
     * The shard's own thread is about to park.
     *
     * @return true where it may, and whoever then adds something wakes it; false where there is something to serve
     */
    public boolean readyToPark() {
        doorbell.arm();
        if (state.idle() && (closing || lanes.waiting())) {
            doorbell.disarm();
            return false;
        }
        return true;
    }

    /** Whether the shard's own thread sleeps, or is about to, and has not been woken. */
    public boolean parked() {
        return doorbell.armed();
    }

    private void release(long held, int epochOfTurn) {
        state.release(held);
        int epoch = StateWord.epoch(held);
        if (epoch != epochOfTurn) {
            epochs.newEpoch(shard, epoch);
        }
    }

    private long turn(ShardServer serving, long held, int loopShare, long now) {
        try {
            return loopShare > 0
                    ? serving.turnOnLoop(held, loopShare, now + LOOP_NANOS, now)
                    : serving.turnOnThread(held);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, () -> "shard " + shard + ": a turn has failed; its routers are made anew", e);
            long recovered = serving.recovered();
            return recovered == StateWord.NONE
                    ? StateWord.NONE
                    : replace(state.advance(recovered), serving.quarantined());
        }
    }

    // ---- epochs

    /**
     * Takes the shard away from a router that does not come back, and has it served by others. By the watchdog.
     *
     * @param newThread called where it was taken from the shard's own thread, so that it needs another one
     */
    public void watch(Runnable newThread) {
        long now = clock.nanoTime();
        long word = state.read();
        if (word != seenCalling) {
            seenCalling = word;
            seenSinceNanos = now;
            return;
        }
        if (!StateWord.inRouter(word) || now - seenSinceNanos < shards.stallNanos().getAsLong()) {
            return;
        }
        ShardServer stuck = server;
        String calling = stuck.engine().calling();
        boolean onLoop = stuck.onLoop();
        long held = state.takeAway(word);
        if (held == StateWord.NONE) {
            return;
        }
        LOG.log(Level.ERROR, () -> "shard " + shard + ": strategy " + calling + " does not come back"
                + (onLoop ? ", and an event loop hangs in it; it must not be served on loops" : "")
                + "; from now on the fallback stands in for it");
        shards.metrics().counter("penstock_router_stalls", "Routers that did not come back.",
                "strategy", calling == null ? "unknown" : calling).increment();
        Set<String> quarantined = new HashSet<>(stuck.quarantined());
        if (calling != null) {
            quarantined.add(calling);
        }
        state.release(replace(held, quarantined));
        doorbell.ring();
        if (!onLoop) {
            newThread.run();
        }
        // Last, when it is served again: owners may fill the mailbox at once.
        epochs.newEpoch(shard, StateWord.epoch(held));
    }

    /** Puts another server in the place of the present one. By the holder, whose word this is. */
    private long replace(long held, Set<String> quarantined) {
        server = newServer(StateWord.epoch(held), quarantined);
        // The server before may have looked at a fleet that it did not come to acknowledge.
        lanes.snapshotHasChanged();
        return held;
    }

    /** Takes no further attempt; the shard's own thread serves what waits, and closes the routers. Any thread. */
    public void close() {
        closing = true;
        VarHandle.fullFence();
        doorbell.ring();
    }

    SnapshotSource snapshots() {
        return context.snapshots();
    }

    // ---- for a person

    /** Whether only the shard's own thread serves it from now on. */
    public boolean threadOnly() {
        return threadOnly;
    }

    /** The shard as it is now. */
    public ShardStats stats() {
        ShardServer serving = server;
        return new ShardStats(shard, StateWord.epoch(state.read()), lanes.depth(), servedOnLoop.value(),
                servedOnThread.value(), refused.value(), threadOnly, serving.quarantined());
    }
}
