package dev.penstock.core.engine;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Filters, weighted scorers and a picker, asked one after the other: the router of a pipeline, and of an expression,
 * which has scorers only. A piece that fails is passed over; where the picker fails, the fallback decides. Confined to
 * the thread that holds the shard.
 */
final class PipelineRouter implements Router {

    private static final String PICKER = "picker_";

    /** Is told how a decision comes about. What it is shown must not be kept. */
    interface Log {

        /** Nobody wants to know. */
        Log NONE = new Log() {};

        /**
         * A filter has been asked.
         *
         * @param left which candidates are left
         * @param passedOver why it is passed over, or null
         */
        default void filtered(Piece.Filtering filter, boolean[] left, @Nullable String passedOver) {}

        /** A scorer has been asked; scores of candidates that were filtered out are NaN. */
        default void scored(Piece.Scoring scorer, @Nullable String passedOver) {}

        /** The sums are known; NaN for candidates that were filtered out. */
        default void summed(double[] sums) {}

        /** The picker has been asked. */
        default void picked(Piece.Picking picker, @Nullable String failed) {}
    }

    private final @Nullable String pipeline;
    private final List<Piece.Filtering> filters;
    private final List<Piece.Scoring> scorers;
    private final Piece.@Nullable Picking picker;
    private final RandomGenerator random;
    private final RouterSet routers;
    private final double totalWeight;
    // As long as the candidates are many: made anew only when their number changes.
    private boolean[] left = new boolean[0];
    private double[] sums = new double[0];
    private String undecided = "";

    private PipelineRouter(@Nullable String pipeline, List<Piece.Filtering> filters, List<Piece.Scoring> scorers,
            Piece.@Nullable Picking picker, RandomGenerator random, RouterSet routers) {
        this.pipeline = pipeline;
        this.filters = filters;
        this.scorers = scorers;
        this.picker = picker;
        this.random = random;
        this.routers = routers;
        this.totalWeight = scorers.stream().mapToDouble(Piece.Scoring::weight).sum();
    }

    /** The router of a pipeline; pieces that cannot be made now are made when they can be. */
    static PipelineRouter of(Pipeline pipeline, RandomGenerator random, RouterSet routers) {
        String picker = pipeline.picker();
        return new PipelineRouter(pipeline.name(),
                pipeline.filters().stream().map(name -> new Piece.Filtering(name, routers)).toList(),
                scorers(pipeline.scorers(), routers), picker == null ? null : new Piece.Picking(picker, routers),
                random, routers);
    }

    /** The router of an expression; null where one of its parts cannot be made now. */
    static @Nullable PipelineRouter of(StrategyExpression expression, RandomGenerator random, RouterSet routers) {
        List<Piece.Scoring> scorers = scorers(expression.items(), routers);
        return scorers.stream().allMatch(Piece::available)
                ? new PipelineRouter(null, List.of(), scorers, null, random, routers) : null;
    }

    private static List<Piece.Scoring> scorers(List<StrategyExpression.Item> items, RouterSet routers) {
        return items.stream().map(item -> new Piece.Scoring(item.name(), item.weight(), routers)).toList();
    }

    @Override
    public void route(RoutingContext context) {
        int chosen = decide(context, Log.NONE);
        if (chosen < 0) {
            context.abstain(undecided);
        } else {
            context.select(context.candidates().get(chosen));
        }
    }

    /** Index of the candidate that is chosen; -1 where none is, for the reason {@link #undecided}. */
    int decide(RoutingContext context, Log log) {
        Candidates candidates = context.candidates();
        int size = candidates.size();
        if (sums.length != size) {
            left = new boolean[size];
            sums = new double[size];
        }
        Arrays.fill(left, true);
        for (int i = 0; i < filters.size(); i++) {
            Piece.Filtering filter = filters.get(i);
            String passedOver = filter.narrow(context, left);
            noted(filter, passedOver, log);
            log.filtered(filter, left, passedOver);
        }
        Arrays.fill(sums, 0);
        for (int i = 0; i < scorers.size(); i++) {
            Piece.Scoring scorer = scorers.get(i);
            String passedOver = scorer.score(context);
            takeAway(scorer.scores());
            if (passedOver == null) {
                WeightedScoring.addNormalized(scorer.scores(), scorer.polarity(), scorer.weight() / totalWeight, sums);
            }
            noted(scorer, passedOver, log);
            log.scored(scorer, passedOver);
        }
        takeAway(sums);
        log.summed(sums);
        return picker == null ? WeightedScoring.best(sums, random) : pick(picker, context, log);
    }

    private int pick(Piece.Picking from, RoutingContext context, Log log) {
        String failed = from.pick(context, sums);
        if (failed == null && !left[from.picked()]) {
            failed = "filtered_out";
        }
        noted(from, failed, log);
        log.picked(from, failed);
        undecided = failed == null ? "" : PICKER + failed;
        return failed == null ? from.picked() : -1;
    }

    // What was filtered out has no scores: the scale is that of those that may be chosen.
    private void takeAway(double[] scores) {
        for (int i = 0; i < scores.length; i++) {
            if (!left[i]) {
                scores[i] = Double.NaN;
            }
        }
    }

    private void noted(Piece piece, @Nullable String passedOver, Log log) {
        if (passedOver != null && pipeline != null && log == Log.NONE) {
            routers.passedOver(pipeline, piece.name(), passedOver);
        }
    }

    /** Why the last decision was none. */
    String undecided() {
        return undecided;
    }
}
