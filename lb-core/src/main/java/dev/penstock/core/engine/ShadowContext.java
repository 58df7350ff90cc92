package dev.penstock.core.engine;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Snapshot;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An attempt as a strategy is shown it that is asked, and not obeyed: it sees what the router that decides sees, and
 * its answer is written down and nothing else. Threads: answers from anywhere; the rest by the thread that holds the
 * shard.
 */
final class ShadowContext implements RoutingContext {

    private final RoutingAttempt attempt;
    private final StrategyExpression strategy;
    private final @Nullable List<String> notes;
    private final AtomicReference<@Nullable RouterAnswer> answer = new AtomicReference<>();
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile @Nullable ShadowFigures figures;
    private volatile @Nullable PodView real;

    /** For a shadow, to whose notes nobody listens. */
    ShadowContext(RoutingAttempt attempt, StrategyExpression strategy) {
        this(attempt, strategy, null);
    }

    /**
     * For a question.
     *
     * @param notes gets what the strategy says about its decision, or null
     */
    ShadowContext(RoutingAttempt attempt, StrategyExpression strategy, @Nullable List<String> notes) {
        this.attempt = attempt;
        this.strategy = strategy;
        this.notes = notes;
    }

    StrategyExpression strategy() {
        return strategy;
    }

    /** Whether the request was prepared for it; where both strategies cannot be, it is for the one that decides. */
    boolean prepared() {
        return StrategyCatalog.both(attempt.strategy().needs(), strategy.needs()) != null;
    }

    /** Whether nobody waits for the attempt any more. */
    boolean canceled() {
        return attempt.canceled();
    }

    /** It is about to be asked. */
    void countedBy(ShadowFigures by) {
        figures = by;
    }

    /** What the shadow said; null where it has not answered. */
    @Nullable RouterAnswer answer() {
        return answer.get();
    }

    /** The endpoint that the shadow chose; null where there is none yet, or none at all. */
    @Nullable PodView choice() {
        return answer.get() instanceof RouterAnswer.Selected(Plan plan) ? plan.endpoint() : null;
    }

    /** The shadow is not waited for any longer; whether it had not answered. */
    boolean giveUp() {
        return answered(new RouterAnswer.Invalid());
    }

    /** What was really chosen. */
    void used(PodView endpoint) {
        real = endpoint;
        compare();
    }

    // Whoever comes second, the shadow or the one that decides, sees both: each writes before it reads.
    private void compare() {
        ShadowFigures by = figures;
        RouterAnswer said = answer.get();
        PodView chosen = real;
        if (by == null || said == null || chosen == null || !counted.compareAndSet(false, true)) {
            return;
        }
        PodView choice = choice();
        if (choice == null) {
            by.none();
        } else {
            by.compared(choice, chosen);
        }
    }

    private boolean answered(RouterAnswer said) {
        boolean first = answer.compareAndSet(null, said);
        if (first) {
            compare();
        }
        return first;
    }

    @Override
    public boolean select(Plan plan) {
        RouterAnswer said = RouterAnswer.of(plan, snapshot(), snapshot());
        if (said instanceof RouterAnswer.Selected(Plan known) && !Legs.among(candidates(), known)) {
            said = new RouterAnswer.Invalid();
        }
        return answered(said) && said instanceof RouterAnswer.Selected;
    }

    @Override
    public boolean abstain(String reason) {
        return answered(new RouterAnswer.Abstained(String.valueOf(reason)));
    }

    @Override
    public boolean fail(ErrorCode error) {
        return answered(error == null ? new RouterAnswer.Invalid() : new RouterAnswer.Failed(error));
    }

    @Override
    public boolean revoked() {
        return answer.get() != null || attempt.canceled();
    }

    /** Checked as that of a router that decides, and not sent. */
    @Override
    public void responseHeader(String name, String value) {
        HeaderRules.check(name, value);
    }

    @Override
    public void note(String text) {
        if (notes != null) {
            notes.add(text);
        }
    }

    @Override
    public RoutingRequest request() {
        return attempt.request();
    }

    @Override
    public Candidates candidates() {
        return attempt.candidates();
    }

    @Override
    public Candidates currentCandidates() {
        return attempt.currentCandidates();
    }

    @Override
    public Snapshot snapshot() {
        return attempt.snapshot();
    }

    @Override
    public PodLoad load() {
        return attempt.load();
    }

    @Override
    public long promptTokens() {
        return attempt.promptTokens();
    }

    @Override
    public long predictedOutputTokens() {
        return attempt.predictedOutputTokens();
    }

    @Override
    public long deadlineNanos() {
        return attempt.deadlineNanos();
    }

    @Override
    public int attempt() {
        return attempt.attempt();
    }

    @Override
    public List<String> strategies() {
        return strategy.names();
    }
}
