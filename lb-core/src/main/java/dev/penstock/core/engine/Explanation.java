package dev.penstock.core.engine;

import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What strategies would choose for a request, and why: asked by whoever makes it, answered by the thread that serves
 * the shard, and read when the {@linkplain RoutingAttempt#explaining attempt} that carries it is answered.
 */
public final class Explanation {

    private final List<StrategyExpression> strategies;
    private @Nullable Answers answers;

    /** A question about these strategies. */
    public Explanation(List<StrategyExpression> strategies) {
        this.strategies = List.copyOf(strategies);
    }

    /**
     * What was found out.
     *
     * @param promptTokens length of the prompt as routers were told it
     * @param pods all endpoints of the model, in the order in which routers see those that may be chosen
     * @param accounts one for each strategy, in the order in which they were asked for
     */
    public record Answers(long promptTokens, List<Pod> pods, List<Account> accounts) {}

    /**
     * An endpoint of the model.
     *
     * @param endpoint the endpoint
     * @param whyNot why it may not be chosen, or null where it may
     * @param inFlight requests in flight there
     * @param pendingTokens prompt tokens that wait there
     */
    public record Pod(PodView endpoint, @Nullable String whyNot, int inFlight, long pendingTokens) {}

    /**
     * What one strategy would do.
     *
     * @param strategy name or expression
     * @param choice what it would choose, or null
     * @param why where there is no choice, why not
     * @param begun whether it was made for this question, because no request has asked for it in this shard yet: it
     *     knows nothing of what was before
     * @param pieces its pieces, in the order in which they are asked
     * @param sums the weighted sum of each candidate; NaN for one that was filtered out; empty where nothing was scored
     * @param notes what it has to say about the decision
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, compared by nobody
    public record Account(String strategy, @Nullable PodView choice, @Nullable String why, boolean begun,
            List<Piece> pieces, double[] sums, List<String> notes) {}

    /** What one piece of a strategy said. */
    public sealed interface Piece {

        /** Its name. */
        String name();

        /** Why it is passed over, or null. */
        @Nullable String passedOver();
    }

    /**
     * A filter.
     *
     * @param name its name
     * @param passedOver why it is passed over, or null
     * @param left which candidates are left after it
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, compared by nobody
    public record Filtered(String name, @Nullable String passedOver, boolean[] left) implements Piece {}

    /**
     * A scorer.
     *
     * @param name its name
     * @param passedOver why it is passed over, or null
     * @param weight the weight of its scores
     * @param least whether the lowest score is the best
     * @param raw its scores; NaN where there is no data, and for candidates that were filtered out
     * @param scaled the same on the scale from 0 to 1
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, compared by nobody
    public record Scored(String name, @Nullable String passedOver, int weight, boolean least, double[] raw,
            double[] scaled) implements Piece {}

    /**
     * A picker.
     *
     * @param name its name
     * @param passedOver why it has taken nothing, or null
     */
    public record Picked(String name, @Nullable String passedOver) implements Piece {}

    List<StrategyExpression> strategies() {
        return strategies;
    }

    void answered(Answers found) {
        answers = found;
    }

    /** Whether there are {@link #answers}: not where nobody came to look before the deadline. */
    public boolean answered() {
        return answers != null;
    }

    /** What was found out; only once it is {@link #answered()}. */
    public Answers answers() {
        return Objects.requireNonNull(answers, "not answered");
    }
}
