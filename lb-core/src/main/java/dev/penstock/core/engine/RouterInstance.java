package dev.penstock.core.engine;

import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;

/**
 * A router of one shard behind the fence: the only place that calls code of a plugin. What it throws ends here, is
 * counted, and opens the breaker when it goes on. Confined to the thread that holds the shard.
 */
final class RouterInstance {

    private static final Logger LOG = System.getLogger(RouterInstance.class.getName());
    private static final int FAILURES_TO_OPEN = 5;
    private static final long OPEN_NANOS = 10_000_000_000L;

    private final String name;
    private final Router router;
    private final RouterSet routers;

    final boolean wantsChosen;
    final boolean wantsFirstByte;
    final boolean wantsEnded;
    final boolean wantsKvEvents;
    final boolean wantsSnapshots;
    final boolean wantsRemovals;

    private int failuresInRow;
    private long openUntilNanos;
    private boolean open;
    private long wakeAtNanos = Long.MAX_VALUE;

    RouterInstance(String name, Router router, RouterSet routers) {
        this.name = name;
        this.router = router;
        this.routers = routers;
        wantsChosen = overrides("chosen", RoutingContext.class, Plan.class);
        wantsFirstByte = overrides("firstByte", RoutingContext.class, PodView.class);
        wantsEnded = overrides("ended", RoutingContext.class, PodView.class, Usage.class);
        wantsKvEvents = overrides("kvEvent", KvEvent.class);
        wantsSnapshots = overrides("snapshotChanged", Snapshot.class);
        wantsRemovals = overrides("podRemoved", PodView.class);
    }

    private boolean overrides(String method, Class<?>... parameters) {
        try {
            return router.getClass().getMethod(method, parameters).getDeclaringClass() != Router.class;
        } catch (NoSuchMethodException | LinkageError e) {
            LOG.log(Level.WARNING, () -> "strategy " + name + ": cannot see its method " + method
                    + Arrays.toString(parameters), e);
            return false;
        }
    }

    String name() {
        return name;
    }

    Router router() {
        return router;
    }

    /** Whether it may be asked: its breaker is closed, or the time for another trial has come. */
    boolean usable(long nowNanos) {
        return !open || nowNanos - openUntilNanos >= 0;
    }

    boolean route(RoutingAttempt attempt) {
        return fenced(() -> router.route(attempt));
    }

    void chosen(RoutingAttempt attempt, Plan plan) {
        fenced(() -> router.chosen(attempt, plan));
    }

    void firstByte(RoutingAttempt attempt, PodView endpoint) {
        fenced(() -> router.firstByte(attempt, endpoint));
    }

    void ended(RoutingAttempt attempt, PodView endpoint, Usage usage) {
        fenced(() -> router.ended(attempt, endpoint, usage));
    }

    void kvEvent(KvEvent event) {
        fenced(() -> router.kvEvent(event));
    }

    void snapshotChanged(Snapshot snapshot) {
        fenced(() -> router.snapshotChanged(snapshot));
    }

    void podRemoved(PodView endpoint) {
        fenced(() -> router.podRemoved(endpoint));
    }

    void close() {
        fenced(router::close);
    }

    void wakeAt(long nanoTime) {
        wakeAtNanos = Math.min(wakeAtNanos, nanoTime);
    }

    /** Wakes the router if its time has come; the next time that it waits for, or MAX_VALUE. */
    long wake(long nowNanos) {
        if (wakeAtNanos != Long.MAX_VALUE && nowNanos - wakeAtNanos >= 0) {
            wakeAtNanos = Long.MAX_VALUE;
            fenced(() -> router.woken(nowNanos));
        }
        return wakeAtNanos;
    }

    private boolean fenced(Runnable call) {
        String outer = routers.enter(name);
        int failuresBefore = failuresInRow;
        boolean whole = false;
        try {
            call.run();
            whole = true;
        } catch (ShardLostException e) {
            throw e;
        } catch (Throwable e) {
            failed(e);
        } finally {
            routers.leave(outer);
        }
        // It may have come back in good order from an answer that was not valid.
        if (whole && failuresInRow == failuresBefore) {
            open = false;
            failuresInRow = 0;
        }
        routers.left();
        return whole;
    }

    /** A call failed, or its answer was not valid. */
    void failed(Throwable cause) {
        routers.failed(name);
        failuresInRow++;
        if (failuresInRow == 1 || failuresInRow == FAILURES_TO_OPEN) {
            LOG.log(Level.WARNING, () -> "strategy " + name + " failed " + failuresInRow + " times in a row", cause);
        }
        if (failuresInRow >= FAILURES_TO_OPEN) {
            open = true;
            openUntilNanos = routers.nowNanos() + OPEN_NANOS;
        }
    }
}
