package dev.penstock.core.engine;

import dev.penstock.core.model.EndpointList;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses for the models of one shard. Owns no thread and no clock: whoever holds the shard calls {@link #serve}, one
 * thread at a time, each call after the one before it.
 *
 * <p>Only the engine of a shard chooses for its pods, and it counts what it chose in the same step: no two requests
 * see the same idle pod.
 */
public final class RoutingEngine {

    private static final Logger LOG = System.getLogger(RoutingEngine.class.getName());

    private final EngineContext context;
    private final EngineHost host;
    private final int epoch;
    private final RouterSet routers;
    private final Shadow shadow;
    private final Narrowing narrowing;
    private final Legs legs;
    // Answered attempts whose owners and routers have not been told yet: never from within a router's own call.
    private final ArrayDeque<RoutingAttempt> decided = new ArrayDeque<>();

    private @Nullable Thread serving;
    private @Nullable Mailbox mailbox;
    private Snapshot snapshot;
    private boolean acknowledged;
    private long nowNanos;
    private int depth;
    private boolean telling;

    /**
     * An engine for one shard and epoch.
     *
     * @param context what it works with
     * @param host who serves it
     * @param epoch number of the epoch, from 0
     * @param quarantined strategies that the fallback stands in for
     */
    public RoutingEngine(EngineContext context, EngineHost host, int epoch, Set<String> quarantined) {
        this.context = context;
        this.host = host;
        this.epoch = epoch;
        this.snapshot = context.snapshots().current();
        context.metrics().forget(context.shard());
        this.routers = new RouterSet(context, this, quarantined);
        this.shadow = new Shadow(routers, context.metrics());
        this.narrowing = new Narrowing(context.health(), context.figures());
        this.legs = new Legs(context, routers.estimates());
    }

    /**
     * Serves what waits, until the mailbox gives nothing more for this turn.
     *
     * @param from the mailbox, held by the current thread
     * @param now the time by the host's clock, in nanoseconds
     * @return false where the shard was given to another server meanwhile: the caller touches nothing any more
     */
    public boolean serve(Mailbox from, long now) {
        serving = Thread.currentThread();
        mailbox = from;
        nowNanos = now;
        boolean housekeeping = from.allowsHousekeeping();
        try {
            if (housekeeping) {
                look();
            }
            LifecycleEvent event;
            while ((event = from.pollLifecycle()) != null) {
                lifecycle(event);
            }
            RoutingAttempt attempt;
            while ((attempt = from.pollRequest()) != null) {
                route(attempt);
            }
            if (housekeeping) {
                if (from.takeSnapshotChanged()) {
                    look();
                }
                if (from.takeWakeUp()) {
                    routers.wake(now);
                }
            }
            routers.kvEvents(from);
            return true;
        } catch (ShardLostException e) {
            return false;
        } finally {
            serving = null;
        }
    }

    /** Closes the routers. By the thread that holds the shard. */
    public void close() {
        try {
            routers.close();
        } catch (ShardLostException e) {
            // The rest is not ours to close any more.
            decided.clear();
        }
    }

    /** Name of the strategy whose code runs, or null. Read by others only when that code does not come back. */
    public @Nullable String calling() {
        return routers.calling();
    }

    /** How many expressions have a router of their own. By the thread that holds the shard. */
    int expressions() {
        return routers.expressions();
    }

    // ---- the fleet

    private void look() {
        Snapshot current = context.snapshots().current();
        if (current == snapshot && acknowledged) {
            return;
        }
        Snapshot before = snapshot;
        snapshot = current;
        if (before != current) {
            routers.snapshotChanged(before, current);
        }
        acknowledged = true;
        context.snapshots().acknowledge(context.shard(), current.version());
    }

    // ---- choosing

    private void route(RoutingAttempt attempt) {
        if (attempt.canceled()) {
            return;
        }
        ModelView model = snapshot.model(attempt.request().model());
        Candidates candidates = model == null ? EndpointList.EMPTY : narrowing.of(model.ready(), snapshot, attempt);
        attempt.asked(this, epoch, snapshot, candidates);
        if (attempt.canceled()) {
            // Canceled before that was seen: its owner does not know that a router is asked, and tells nobody.
            return;
        }
        Explanation question = attempt.explanation();
        if (question != null) {
            new Explaining(context, routers, attempt).answer(question, model);
            if (attempt.claim()) {
                attempt.refuse(ErrorCode.NO_ENDPOINT_SELECTED);
                decided.add(attempt);
                tellDecided();
            }
            return;
        }
        if (candidates.size() == 0) {
            if (attempt.claim()) {
                attempt.refuse(narrowing.emptyBecause(model, snapshot, attempt));
                decided.add(attempt);
                tellDecided();
            }
            return;
        }
        ShadowContext shadowed = attempt.shadow();
        if (shadowed != null) {
            shadow.ask(shadowed, nowNanos);
        }
        RouterInstance router = routers.of(attempt.strategy());
        if (router == null) {
            fallback(attempt, "unavailable");
        } else if (!router.usable(nowNanos)) {
            fallback(attempt, "breaker_open");
        } else if (!router.route(attempt)) {
            fallback(attempt, "router_failed");
        } else if (!attempt.revoked()) {
            attempt.heldBy(context.listeners().held());
        }
    }

    /** An answer on the serving thread: of the router that is being asked, or of one that thought about it longer. */
    boolean answered(RoutingAttempt attempt, RouterAnswer answer) {
        Mailbox held = Objects.requireNonNull(mailbox);
        boolean inCall = depth > 0;
        if (inCall && !held.pauseRouter()) {
            // This call took too long, the shard has another server: an answer of an earlier epoch does nothing.
            late(attempt);
            return false;
        }
        try {
            if (attempt.claim()) {
                return settle(attempt, answer);
            }
            late(attempt);
            return false;
        } finally {
            if (inCall) {
                held.resumeRouter();
            }
        }
    }

    /** An answer has come that does nothing. Any thread. */
    void late(RoutingAttempt attempt) {
        routers.figures(attempt).lateAnswer();
    }

    /** Decides a claimed attempt; whether the answer itself was taken. */
    private boolean settle(RoutingAttempt attempt, RouterAnswer answer) {
        boolean taken = true;
        switch (answer) {
            case RouterAnswer.Selected(Plan plan) -> {
                taken = Legs.among(currentCandidates(attempt), plan);
                if (taken) {
                    routers.answeredWell(attempt);
                    reserve(attempt, plan);
                } else {
                    refuse(attempt, plan);
                }
            }
            case RouterAnswer.Abstained(String reason) -> {
                routers.answeredWell(attempt);
                chooseByFallback(attempt, reason);
            }
            case RouterAnswer.Failed(ErrorCode error) -> {
                routers.answeredWell(attempt);
                attempt.refuse(error);
                decided.add(attempt);
            }
            case RouterAnswer.Invalid() -> {
                taken = false;
                invalid(attempt);
            }
        }
        tellDecided();
        return taken;
    }

    private void invalid(RoutingAttempt attempt) {
        routers.invalidAnswer(attempt);
        chooseByFallback(attempt, "invalid_answer");
    }

    private void lifecycle(LifecycleEvent event) {
        if (event.attempt().askedInEpoch() != epoch) {
            // Its owner submits it again, and the routers of this epoch have never heard of it.
            if (event instanceof LifecycleEvent.Answered) {
                late(event.attempt());
            }
            return;
        }
        switch (event) {
            case LifecycleEvent.Answered(RoutingAttempt attempt) -> {
                if (attempt.claimPosted()) {
                    settle(attempt, attempt.posted());
                } else {
                    late(attempt);
                }
            }
            case LifecycleEvent.Revoked(RoutingAttempt attempt) -> routers.revoked(attempt);
            case LifecycleEvent.FirstByte(RoutingAttempt attempt, PodView endpoint) ->
                    routers.firstByte(attempt, endpoint);
            case LifecycleEvent.Ended ended -> routers.ended(ended.attempt(), ended.endpoint(), ended.usage());
        }
    }

    private void fallback(RoutingAttempt attempt, String reason) {
        if (attempt.claim()) {
            chooseByFallback(attempt, reason);
            tellDecided();
        }
    }

    private void chooseByFallback(RoutingAttempt attempt, String reason) {
        if (!attempt.strategy().items().isEmpty()) {
            attempt.becauseOf(reason);
            context.metrics().fallback(reason);
            routers.figures(attempt).fallback();
        }
        PodView endpoint = routers.lastResort().pick(currentCandidates(attempt), context.figures());
        if (endpoint == null) {
            attempt.refuse(attempt.mostInFlight() == 0 ? ErrorCode.NO_ENDPOINT_SELECTED
                    : narrowing.emptyBecause(snapshot.model(attempt.request().model()), snapshot, attempt));
            decided.add(attempt);
            return;
        }
        reserve(attempt, new Plan.Single(endpoint));
    }

    /** The candidates of an attempt, which was perhaps asked about an earlier fleet, as they are now. */
    Candidates currentCandidates(RoutingAttempt attempt) {
        if (attempt.snapshot() == snapshot && context.health().quiet() && attempt.mostInFlight() == 0) {
            return attempt.candidates();
        }
        ModelView model = snapshot.model(attempt.request().model());
        return model == null ? EndpointList.EMPTY : narrowing.of(model.ready(), snapshot, attempt);
    }

    /** An answer that does not hold now; the router is to blame unless it held when it was asked. */
    private void refuse(RoutingAttempt attempt, Plan plan) {
        if (Legs.among(attempt.candidates(), plan)) {
            chooseByFallback(attempt, attempt.snapshot() == snapshot ? "endpoint_out" : "endpoint_left");
        } else {
            invalid(attempt);
        }
    }

    private void reserve(RoutingAttempt attempt, Plan plan) {
        legs.reserve(attempt, plan, snapshot, routers.observed());
        decided.add(attempt);
    }

    private void tellDecided() {
        // Telling a router may decide further attempts: they wait here for their turn, not on the stack.
        if (depth > 0 || telling) {
            return;
        }
        telling = true;
        try {
            RoutingAttempt attempt;
            while ((attempt = decided.pollFirst()) != null) {
                Plan plan = attempt.plan();
                if (plan != null) {
                    Shadow.compare(attempt, plan.endpoint());
                    routers.chosen(attempt, plan);
                }
                tellOwner(attempt);
            }
        } finally {
            telling = false;
        }
    }

    private static void tellOwner(RoutingAttempt attempt) {
        try {
            attempt.tellOwner();
        } catch (RuntimeException e) {
            // One owner's fault must not keep the answers from the others.
            LOG.log(Level.ERROR, () -> "request " + attempt.request().id() + ": cannot take its answer", e);
        }
    }

    // ---- for routers and attempts

    boolean servedByCurrentThread() {
        return serving == Thread.currentThread();
    }

    void post(LifecycleEvent event) {
        host.post(event);
    }

    /** The fleet as it is now, which is that of the turn for the thread that holds the shard. Any thread. */
    Snapshot fleet() {
        return servedByCurrentThread() ? snapshot : context.snapshots().current();
    }

    EngineContext context() {
        return context;
    }

    LoadEstimates estimates() {
        return routers.estimates();
    }

    long nowNanos() {
        return nowNanos;
    }

    EngineHost host() {
        return host;
    }

    /** Code of a plugin is about to run; calls may be nested. */
    void enterRouter() {
        if (depth++ == 0) {
            Objects.requireNonNull(mailbox).enterRouter();
        }
    }

    /** Code of a plugin has come back. */
    void leaveRouter() {
        if (--depth > 0) {
            return;
        }
        if (!Objects.requireNonNull(mailbox).leaveRouter()) {
            throw ShardLostException.INSTANCE;
        }
    }

    /** To be called after each outermost call of a router: tells what it decided. */
    void routerLeft() {
        tellDecided();
    }
}
