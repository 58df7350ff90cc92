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
import org.jspecify.annotations.Nullable;

/**
 * A router of one shard behind the fence: the only place that calls code of a plugin. What it throws ends here, is
 * counted, and opens the breaker when it goes on. Confined to the thread that holds the shard.
 */
final class RouterInstance {

    private static final Logger LOG = System.getLogger(RouterInstance.class.getName());
    private static final int FAILURES_TO_OPEN = 5;
    private static final long OPEN_NANOS = 10_000_000_000L;

    private static final Object NOTHING = new Object();

    /** A call with all that it needs: one that held something itself would be made anew for each request. */
    private interface Call<A, B, C> {
        void on(Router router, A first, B second, C third);
    }

    private final String name;
    private final Router router;
    private final RouterSet routers;
    private final Caller caller;

    final boolean wantsChosen;
    final boolean wantsFirstByte;
    final boolean wantsEnded;
    final boolean wantsRevoked;
    final boolean wantsKvEvents;
    final boolean wantsSnapshots;
    final boolean wantsRemovals;
    final boolean explains;

    private long failures;
    private int failuresInRow;
    private long openUntilNanos;
    private boolean open;
    private long wakeAtNanos = Long.MAX_VALUE;

    RouterInstance(String name, Router router, RouterSet routers, Caller caller) {
        this.name = name;
        this.router = router;
        this.routers = routers;
        this.caller = caller;
        wantsChosen = overrides("chosen", RoutingContext.class, Plan.class);
        wantsFirstByte = overrides("firstByte", RoutingContext.class, PodView.class);
        wantsEnded = overrides("ended", RoutingContext.class, PodView.class, Usage.class);
        wantsRevoked = overrides("revoked", RoutingContext.class);
        wantsKvEvents = overrides("kvEvent", KvEvent.class);
        wantsSnapshots = overrides("snapshotChanged", Snapshot.class);
        wantsRemovals = overrides("podRemoved", PodView.class);
        explains = overrides("explain", RoutingContext.class);
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

    boolean route(RoutingContext context) {
        boolean whole = fenced((asked, of, none, nothing) -> asked.route(of), context, NOTHING, NOTHING);
        if (!whole) {
            failedToAnswer();
        }
        return whole;
    }

    void chosen(RoutingAttempt attempt, Plan plan) {
        fenced((told, of, what, none) -> told.chosen(of, what), attempt, plan, NOTHING);
    }

    void firstByte(RoutingAttempt attempt, PodView endpoint) {
        fenced((told, of, from, none) -> told.firstByte(of, from), attempt, endpoint, NOTHING);
    }

    void ended(RoutingAttempt attempt, PodView endpoint, Usage usage) {
        fenced(Router::ended, attempt, endpoint, usage);
    }

    void revoked(RoutingContext context) {
        fenced((told, of, none, nothing) -> told.revoked(of), context, NOTHING, NOTHING);
    }

    void kvEvent(KvEvent event) {
        fenced((told, what, none, nothing) -> told.kvEvent(what), event, NOTHING, NOTHING);
    }

    void snapshotChanged(Snapshot snapshot) {
        fenced((told, now, none, nothing) -> told.snapshotChanged(now), snapshot, NOTHING, NOTHING);
    }

    void podRemoved(PodView endpoint) {
        fenced((told, pod, none, nothing) -> told.podRemoved(pod), endpoint, NOTHING, NOTHING);
    }

    void close() {
        fenced((closed, none, nothing, more) -> closed.close(), NOTHING, NOTHING, NOTHING);
    }

    void wakeAt(long nanoTime) {
        wakeAtNanos = Math.min(wakeAtNanos, nanoTime);
    }

    /** Wakes the router if its time has come; the next time that it waits for, or MAX_VALUE. */
    long wake(long nowNanos) {
        if (wakeAtNanos != Long.MAX_VALUE && nowNanos - wakeAtNanos >= 0) {
            wakeAtNanos = Long.MAX_VALUE;
            fenced((woken, now, none, nothing) -> woken.woken(now), nowNanos, NOTHING, NOTHING);
        }
        return wakeAtNanos;
    }

    private <A, B, C> boolean fenced(Call<A, B, C> call, A first, B second, C third) {
        Throwable thrown = null;
        String outer = routers.enter(name);
        ClassLoader host = caller.begin();
        try {
            call.on(router, first, second, third);
        } catch (ShardLostException e) {
            throw e;
        } catch (Throwable e) {
            thrown = e;
        } finally {
            caller.end(host);
            routers.leave(outer);
        }
        if (thrown != null) {
            threw(thrown);
        }
        routers.left();
        return thrown == null;
    }

    /** It gave an answer, or scores, that can be used: the breaker closes. */
    void answeredWell() {
        open = false;
        failuresInRow = 0;
    }

    /** Which endpoint it says that it would choose, or null; what it throws is counted, and says nothing. */
    @Nullable PodView explain(RoutingContext context) {
        @Nullable PodView[] said = {null};
        return fenced((asked, of, none, nothing) -> said[0] = asked.explain(of), context, NOTHING, NOTHING)
                ? said[0] : null;
    }

    /** Asks it as a piece of something larger; throws what it throws. */
    void call(Piece piece, RoutingContext context) {
        ClassLoader host = caller.begin();
        try {
            piece.call(router, context);
        } finally {
            caller.end(host);
        }
    }

    /** It was asked as a piece of something larger, and threw or answered what cannot be used. */
    void failedAsPiece(Throwable cause) {
        threw(cause);
        failedToAnswer();
    }

    /** It answered, but nothing that can be used. */
    void answeredBadly(Throwable cause) {
        caller.figures().invalidAnswer();
        count(cause);
        failedToAnswer();
    }

    private void threw(Throwable cause) {
        caller.figures().threw();
        count(cause);
    }

    // Only what it answers moves the breaker: one that always fails to answer may well be able to take note of others.
    private void failedToAnswer() {
        failuresInRow++;
        if (failuresInRow >= FAILURES_TO_OPEN) {
            open = true;
            openUntilNanos = routers.nowNanos() + OPEN_NANOS;
        }
    }

    private void count(Throwable cause) {
        routers.failed(name);
        failures++;
        // At 1, 2, 4, 8, …: what always fails must not flood the log.
        if (Long.bitCount(failures) == 1) {
            LOG.log(Level.WARNING, () -> "strategy " + name + ": failure number " + failures, cause);
        }
    }
}
