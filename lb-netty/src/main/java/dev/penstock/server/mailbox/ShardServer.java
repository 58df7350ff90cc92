package dev.penstock.server.mailbox;

import dev.penstock.core.engine.LifecycleEvent;
import dev.penstock.core.engine.Mailbox;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.KvEvent;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server of one epoch of a shard: its engine, and the turn that is being served. Confined to the thread that holds
 * the shard; a thread that lost it keeps this object, and nothing else, to itself.
 */
final class ShardServer implements Mailbox {

    /** Most attempts in a turn of the shard's own thread, so that it looks at the other lanes now and then. */
    private static final int THREAD_SHARE = 64;

    private final ShardMailbox shard;
    private final Lanes lanes;
    private final StateWord state;
    private final NanoClock clock;
    private final RoutingEngine engine;
    private final Set<String> quarantined;

    private long word;
    private boolean onLoop;
    private int share;
    private long untilNanos;
    private int served;
    private int events;
    private boolean spent;
    // Only ever compared with the current thread: nobody else can have written that.
    private @Nullable Thread serving;

    ShardServer(ShardMailbox shard, Lanes lanes, StateWord state, NanoClock clock, RoutingEngine engine,
            Set<String> quarantined) {
        this.shard = shard;
        this.lanes = lanes;
        this.state = state;
        this.clock = clock;
        this.engine = engine;
        this.quarantined = Set.copyOf(quarantined);
    }

    RoutingEngine engine() {
        return engine;
    }

    Set<String> quarantined() {
        return quarantined;
    }

    /** Whether the turn runs on an event loop. Read by the watchdog while the turn is in a router. */
    boolean onLoop() {
        return onLoop;
    }

    /**
     * A turn on an event loop: at most so many attempts, and none after a time.
     *
     * @return the held word, or {@link StateWord#NONE} where the shard was taken away
     */
    long turnOnLoop(long held, int most, long until, long now) {
        onLoop = true;
        share = most;
        untilNanos = until;
        return turn(held, now);
    }

    /** A turn on the shard's own thread; the held word, or {@link StateWord#NONE} where the shard was taken away. */
    long turnOnThread(long held) {
        onLoop = false;
        share = THREAD_SHARE;
        return turn(held, clock.nanoTime());
    }

    private long turn(long held, long now) {
        word = held;
        served = 0;
        events = 0;
        spent = false;
        lanes.lookAtTime(now);
        serving = Thread.currentThread();
        try {
            return engine.serve(this, now) ? word : StateWord.NONE;
        } finally {
            serving = null;
        }
    }

    boolean servedByCurrentThread() {
        return serving == Thread.currentThread();
    }

    /** Closes the routers; the held word, or {@link StateWord#NONE} where the shard was taken away. */
    long close(long held) {
        word = held;
        onLoop = false;
        engine.close();
        return state.read() == word ? word : StateWord.NONE;
    }

    /** Attempts that this turn has taken. */
    int served() {
        return served;
    }

    /** Whether the turn has used up its share, so that something may still wait. */
    boolean spent() {
        return spent;
    }

    /** Where the turn was left by an error: the held word, or {@link StateWord#NONE} where the shard is lost. */
    long recovered() {
        return !StateWord.inRouter(word) || leaveRouter() ? word : StateWord.NONE;
    }

    // ---- the lanes

    @Override
    public @Nullable LifecycleEvent pollLifecycle() {
        if (onLoop && events > 0 && timeIsUp()) {
            return null;
        }
        LifecycleEvent event = lanes.lifecycle().poll();
        if (event != null) {
            events++;
        }
        return event;
    }

    @Override
    public @Nullable RoutingAttempt pollRequest() {
        if (spent) {
            return null;
        }
        if (!onLoop) {
            RoutingAttempt putAside = lanes.takePutAside();
            if (putAside != null) {
                served++;
                return putAside;
            }
        } else if (shard.threadOnly() || lanes.forThread()) {
            spent = true;
            return null;
        }
        BoundedLane<RoutingAttempt> requests = lanes.requests();
        if (requests.isEmpty()) {
            return null;
        }
        if (served >= share || (onLoop && served > 0 && timeIsUp())) {
            spent = true;
            return null;
        }
        RoutingAttempt attempt = requests.poll();
        if (attempt != null && onLoop && !attempt.servedOnLoop()) {
            lanes.putAside(attempt);
            spent = true;
            return null;
        }
        served++;
        return attempt;
    }

    @Override
    public boolean allowsHousekeeping() {
        return !onLoop;
    }

    @Override
    public boolean takeSnapshotChanged() {
        return lanes.takeSnapshotChanged();
    }

    @Override
    public boolean takeWakeUp() {
        return lanes.takeWakeUp();
    }

    @Override
    public @Nullable KvEvent pollKvEvent() {
        if (onLoop && (lanes.kvEvents().isEmpty() || timeIsUp())) {
            return null;
        }
        return lanes.kvEvents().poll();
    }

    private boolean timeIsUp() {
        spent = spent || clock.nanoTime() - untilNanos >= 0;
        return spent;
    }

    // ---- the fence

    @Override
    public void enterRouter() {
        word = state.enter(word);
    }

    @Override
    public boolean leaveRouter() {
        if (!state.leave(word)) {
            return false;
        }
        word = StateWord.held(word);
        return true;
    }

    @Override
    public boolean pauseRouter() {
        return state.leave(word);
    }

    @Override
    public void resumeRouter() {
        state.resume(word);
    }
}
