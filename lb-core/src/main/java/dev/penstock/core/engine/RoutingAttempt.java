package dev.penstock.core.engine;

import dev.penstock.core.port.Health;
import dev.penstock.core.port.HeldRequests;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to find an endpoint for a request: the promise that a router keeps, and what the owner of the request
 * does with it. Kept once: of an answer, a cancellation and a second answer exactly one wins, and only the winner's
 * endpoint is reserved. Not pooled, because a router may hold it for as long as it likes.
 *
 * <p>Threads: answers from anywhere; {@link #cancel}, first bytes and ends by the owner. What the
 * answer was may be read once {@link Owner#answered} has been called.
 */
public final class RoutingAttempt implements RoutingContext {

    /** Whoever waits for the answer. */
    @FunctionalInterface
    public interface Owner {
        /**
         * The attempt is answered. Called at most once, and never where {@link RoutingAttempt#cancel} won, by the
         * thread that serves the shard: only to take note or to pass it on to the owner's thread. An owner that does
         * not want the endpoint any more calls {@link RoutingAttempt#ended}. One that has read the answer already,
         * after a {@linkplain Dispatcher#onNewEpoch new epoch}, does nothing.
         */
        void answered(RoutingAttempt attempt);
    }

    // PENDING → CLAIMED → DONE where a router answers on the serving thread, PENDING → POSTED → CLAIMED → DONE where it
    // answers elsewhere, PENDING or POSTED → CANCELED by the owner. Whoever is in CLAIMED alone may reserve.
    private static final int PENDING = 0;
    private static final int POSTED = 1;
    private static final int CLAIMED = 2;
    private static final int DONE = 3;
    private static final int CANCELED = 4;

    private static final int MOST_HASHES_ON_LOOP = 64;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(RoutingAttempt.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RoutingRequest request;
    private final StrategyExpression strategy;
    private final @Nullable CandidateRules rules;
    private final List<PodView> excluded;
    private final int number;
    private final long deadlineNanos;
    private final Owner owner;

    private @Nullable ShadowContext shadow;
    private @Nullable Explanation explanation;

    @SuppressWarnings("unused") // by STATE
    private volatile int state;

    private volatile int askedInEpoch = -1;
    private volatile @Nullable HeldAttempt held;

    // Written by the serving thread before a router is asked.
    private long servedNanos;
    private @Nullable RoutingEngine engine;
    private @Nullable Snapshot snapshot;
    private @Nullable Candidates candidates;

    // Drawn by the serving thread when somebody wants to know; 0 before.
    private long predictedOutput;

    // Written by the winner of POSTED, read by the serving thread after the mailbox has passed it on.
    private @Nullable RouterAnswer posted;

    // Written in CLAIMED, read by the owner.
    private @Nullable Plan plan;
    private @Nullable Reservation reservation;
    private @Nullable Reservation prefill;
    private @Nullable ErrorCode error;
    private boolean observed;
    private @Nullable String fallbackReason;
    private List<String> responseHeaders = List.of();
    private boolean told;

    /**
     * A new attempt.
     *
     * @param request the request
     * @param strategy how to choose
     * @param rules which endpoints may be chosen, or null for all
     * @param excluded endpoints that have failed for this request
     * @param number 0 for the first attempt
     * @param deadlineNanos when the owner will cancel, by the host's clock
     * @param owner who waits
     */
    public RoutingAttempt(RoutingRequest request, StrategyExpression strategy, @Nullable CandidateRules rules,
            List<PodView> excluded, int number, long deadlineNanos, Owner owner) {
        this.request = request;
        this.strategy = strategy;
        this.rules = rules;
        this.excluded = excluded;
        this.number = number;
        this.deadlineNanos = deadlineNanos;
        this.owner = owner;
    }

    /**
     * An attempt that asks what strategies would choose, and never gets an endpoint: it is answered with an error, and
     * by then the explanation is there.
     *
     * @param request the request
     * @param rules which endpoints may be chosen, or null for all
     * @param question what is asked
     * @param deadlineNanos when the owner will cancel, by the host's clock
     * @param owner who waits
     */
    public static RoutingAttempt explaining(RoutingRequest request, @Nullable CandidateRules rules,
            Explanation question, long deadlineNanos, Owner owner) {
        RoutingAttempt attempt = new RoutingAttempt(request, StrategyExpression.FALLBACK, rules, List.of(), 0,
                deadlineNanos, owner);
        attempt.explanation = question;
        return attempt;
    }

    /**
     * Has another strategy decide as well, to be compared and not to be used. Before it is submitted.
     *
     * @param shadow the other strategy, or null
     * @return this
     */
    public RoutingAttempt shadowedBy(@Nullable StrategyExpression shadow) {
        this.shadow = shadow == null ? null : new ShadowContext(this, shadow);
        return this;
    }

    /** The same request once more, by the built-in router of last resort; this attempt must have been canceled. */
    public RoutingAttempt againByFallback(long newDeadlineNanos) {
        return new RoutingAttempt(request, StrategyExpression.FALLBACK, rules, excluded, number, newDeadlineNanos,
                owner);
    }

    // ---- the router's side

    @Override
    public RoutingRequest request() {
        return request;
    }

    @Override
    public Candidates candidates() {
        return Objects.requireNonNull(candidates, "not asked yet");
    }

    @Override
    public Candidates currentCandidates() {
        RoutingEngine asking = asking();
        if (!asking.servedByCurrentThread()) {
            throw new IllegalStateException("from a router's own methods only");
        }
        return asking.currentCandidates(this);
    }

    @Override
    public Snapshot snapshot() {
        return Objects.requireNonNull(snapshot, "not asked yet");
    }

    @Override
    public PodLoad load() {
        return asking().context().figures();
    }

    @Override
    public long promptTokens() {
        return PromptTokens.estimate(request);
    }

    @Override
    public long predictedOutputTokens() {
        if (predictedOutput == 0) {
            predictedOutput = asking().estimates().outputTokens(request.model(), promptTokens());
        }
        return predictedOutput;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public int attempt() {
        return number;
    }

    @Override
    public List<String> strategies() {
        return strategy.names();
    }

    @Override
    public boolean select(Plan answer) {
        return answer(RouterAnswer.of(answer, snapshot(), asking().fleet()));
    }

    @Override
    public boolean abstain(String reason) {
        return answer(new RouterAnswer.Abstained(reason == null ? "abstained" : reason));
    }

    @Override
    public boolean fail(ErrorCode answer) {
        return answer(answer == null ? new RouterAnswer.Invalid() : new RouterAnswer.Failed(answer));
    }

    private boolean answer(RouterAnswer answer) {
        RoutingEngine asking = asking();
        if (asking.servedByCurrentThread()) {
            return asking.answered(this, answer);
        }
        if (!leave(POSTED)) {
            asking.late(this);
            return false;
        }
        posted = answer;
        asking.post(new LifecycleEvent.Answered(this));
        return true;
    }

    private RoutingEngine asking() {
        return Objects.requireNonNull(engine, "not asked yet");
    }

    @Override
    public boolean revoked() {
        return (int) STATE.getVolatile(this) != PENDING;
    }

    @Override
    public void responseHeader(String name, String value) {
        HeaderRules.check(name, value);
        if (engine == null || !engine.servedByCurrentThread() || told) {
            return;
        }
        responseHeaders = HeaderRules.with(responseHeaders, name, value);
    }

    @Override
    public void note(String text) {
        if (request.wantsNotes()) {
            responseHeader(HeaderRules.NOTES, HeaderRules.noted(responseHeaders, text));
        }
    }

    // ---- the engine's side, all by the thread that holds the shard

    StrategyExpression strategy() {
        return strategy;
    }

    /** What is asked instead of an endpoint; null for nothing. */
    @Nullable Explanation explanation() {
        return explanation;
    }

    /** What a shadow is asked; null for nothing. */
    @Nullable ShadowContext shadow() {
        return shadow;
    }

    @Nullable CandidateRules rules() {
        return rules;
    }

    /** The most requests in flight at an endpoint that may be chosen; 0 for any number. */
    int mostInFlight() {
        return rules == null ? 0 : rules.mostInFlight();
    }

    List<PodView> excluded() {
        return excluded;
    }

    void asked(RoutingEngine by, int epoch, Snapshot fleet, Candidates narrowed) {
        engine = by;
        servedNanos = by.nowNanos();
        snapshot = fleet;
        candidates = narrowed;
        askedInEpoch = epoch;
    }

    /** A router has it and has not answered: counted until it is answered or canceled. */
    void heldBy(HeldRequests counter) {
        HeldAttempt now = new HeldAttempt(counter.hold(request.model()));
        held = now;
        if (revoked()) {
            now.end();
        }
    }

    boolean claim() {
        return leave(CLAIMED);
    }

    /** Leaves PENDING. */
    private boolean leave(int state) {
        if (!STATE.compareAndSet(this, PENDING, state)) {
            return false;
        }
        HeldAttempt counted = held;
        if (counted != null) {
            counted.end();
        }
        return true;
    }

    boolean claimPosted() {
        return STATE.compareAndSet(this, POSTED, CLAIMED);
    }

    RouterAnswer posted() {
        return Objects.requireNonNull(posted);
    }

    void becauseOf(String reason) {
        fallbackReason = reason;
        if (request.wantsNotes() && HeaderRules.sendable(reason)) { // a plugin may have said anything
            note("fallback=" + reason);
        }
    }

    /** Ends CLAIMED with a plan: a leg at its endpoint, and one where the prompt is computed, if that is elsewhere. */
    void reserve(Plan chosen, @Nullable Reservation prompt, Reservation taken, boolean wanted) {
        plan = chosen;
        prefill = prompt;
        reservation = taken;
        observed = wanted;
        STATE.setRelease(this, DONE);
    }

    /** Ends CLAIMED with an error. */
    void refuse(ErrorCode code) {
        error = code;
        STATE.setRelease(this, DONE);
    }

    void tellOwner() {
        told = true;
        owner.answered(this);
    }

    // ---- the owner's side

    /** Whether it was canceled: nobody waits for it any more. */
    public boolean canceled() {
        return (int) STATE.getVolatile(this) == CANCELED;
    }

    /**
     * Whether an event loop may serve it: the strategy is known to be quick, the prompt is short, and nobody has to
     * hash its tokens. What a long one costs a strategy that goes by its blocks outweighs handing it over.
     */
    public boolean servedOnLoop() {
        return strategy.servedOnLoop() && explanation == null && (shadow == null || shadow.strategy().servedOnLoop())
                && request.prefixHashes().length <= MOST_HASHES_ON_LOOP && request.tokens().length == 0;
    }

    /**
     * When the turn began in which it left the mailbox, by the host's clock; 0 where no router was asked. For the
     * owner, once it is answered.
     */
    public long servedNanos() {
        return servedNanos;
    }

    /** Epoch of the server that has asked a router; -1 while it waits in the mailbox. */
    public int askedInEpoch() {
        return askedInEpoch;
    }

    /**
     * The owner does not wait any longer.
     *
     * @return true where no answer will ever come; false where it has come or is about to
     */
    public boolean cancel() {
        if (leave(CANCELED)) {
            // The state is written before this is read, and the other way round where a router is asked: one of the
            // two sees the other (jcstress: AskOrCancelStress).
            if (askedInEpoch >= 0) {
                asking().post(new LifecycleEvent.Revoked(this));
            }
            return true;
        }
        return STATE.compareAndSet(this, POSTED, CANCELED);
    }

    /**
     * Whether it is answered. The owner is told soon after, but for one case: the router that answered does not come
     * back. Then the owner hears of a new epoch, and reads the answer.
     */
    public boolean isDone() {
        return (int) STATE.getAcquire(this) == DONE;
    }

    /** What was chosen; null where the answer is {@link #error}. */
    public @Nullable Plan plan() {
        return plan;
    }

    /** Why nothing was chosen; null where there is a {@link #plan}. */
    public @Nullable ErrorCode error() {
        return error;
    }

    /** Why the fallback decided instead of the strategy, or null where the strategy did. */
    public @Nullable String fallbackReason() {
        return fallbackReason;
    }

    /** Headers that routers want to add to the answer: names and values, in turn. */
    public List<String> responseHeaders() {
        return responseHeaders;
    }

    /** The first byte of the endpoint's answer has arrived. Only where there is a plan. */
    public void firstByte() {
        firstByte(Objects.requireNonNull(reservation));
    }

    /** The first byte of the prefill endpoint's answer has arrived. Only where the plan has such an endpoint. */
    public void prefillFirstByte() {
        firstByte(Objects.requireNonNull(prefill));
    }

    private void firstByte(Reservation taken) {
        taken.firstByte();
        if (observed) {
            asking().post(new LifecycleEvent.FirstByte(this, taken.endpoint()));
        }
    }

    /**
     * The leg at the prefill endpoint has ended, however that came about; what the attempt used is told with the
     * other one. Ends after the first do nothing; so does the end of a leg that there never was.
     */
    public void prefillEnded() {
        end(prefill, Usage.UNKNOWN);
    }

    /**
     * The attempt has ended at its endpoint, however that came about, and at its prefill endpoint, where it had not
     * yet. Ends after the first do nothing; so does the end of an attempt that got no endpoint.
     *
     * @param usage the tokens that the engine counted
     */
    public void ended(Usage usage) {
        end(prefill, Usage.UNKNOWN);
        end(reservation, usage);
    }

    private void end(@Nullable Reservation taken, Usage usage) {
        if (taken == null || !taken.release()) {
            return;
        }
        if (taken.probe() != Health.NO_PROBE) {
            asking().context().health().returnProbe(taken.endpoint(), taken.probe());
        }
        if (observed) {
            asking().post(new LifecycleEvent.Ended(this, taken.endpoint(), usage));
        }
    }
}
