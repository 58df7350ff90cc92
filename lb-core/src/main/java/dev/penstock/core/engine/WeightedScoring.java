package dev.penstock.core.engine;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The sum of weighted scores: each scorer's finite scores are put on a scale from 0 to 1, 1 being the best; equal ones
 * are all 1; a candidate without a score gets 0. The highest sum wins, ties at random. The arithmetic is that of
 * AIBrix's multi-strategy expressions. Confined to the thread that holds the shard.
 */
final class WeightedScoring implements Router {

    /**
     * A scorer in an expression.
     *
     * @param instance the router instance that it is
     * @param scorer the scorer
     * @param weight weight of its scores
     */
    record Part(RouterInstance instance, Scorer scorer, int weight) {}

    private static final double TIE = 1e-9;

    private final List<Part> parts;
    private final RandomGenerator random;
    private final RouterSet routers;
    private final double totalWeight;
    // As long as the candidates are many: made anew only when their number changes.
    private double[] scores = new double[0];
    private double[] sums = new double[0];

    WeightedScoring(List<Part> parts, RandomGenerator random, RouterSet routers) {
        this.parts = List.copyOf(parts);
        this.random = random;
        this.routers = routers;
        this.totalWeight = parts.stream().mapToDouble(Part::weight).sum();
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        int size = candidates.size();
        if (scores.length != size) {
            scores = new double[size];
            sums = new double[size];
        }
        Arrays.fill(sums, 0);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            Arrays.fill(scores, Double.NaN);
            Scorer.Polarity polarity = score(part, context, scores);
            if (polarity != null) {
                addNormalized(scores, polarity, part.weight() / totalWeight, sums);
            }
        }
        context.select(candidates.get(best(sums, random)));
    }

    /** Which end of the scale wins; null where the scorer has no scores, so that it counts for nobody. */
    private Scorer.@Nullable Polarity score(Part part, RoutingContext context, double[] into) {
        RouterInstance instance = part.instance();
        if (!instance.usable(routers.nowNanos())) {
            return null;
        }
        String outer = routers.enter(instance.name());
        try {
            Scorer.Polarity polarity = instance.score(part.scorer(), context, into);
            instance.answeredWell();
            return polarity;
        } catch (ShardLostException e) {
            throw e;
        } catch (Throwable e) {
            instance.failedToScore(e);
            return null;
        } finally {
            routers.leave(outer);
        }
    }

    /** Adds scores, put on a scale from 0 to 1 and weighted. */
    static void addNormalized(double[] scores, Scorer.Polarity polarity, double weight, double[] sums) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            if (Double.isFinite(score)) {
                min = Math.min(min, score);
                max = Math.max(max, score);
            }
        }
        for (int i = 0; i < scores.length; i++) {
            if (Double.isFinite(scores[i])) {
                sums[i] += weight * normalized(scores[i], min, max, polarity);
            }
        }
    }

    private static double normalized(double score, double min, double max, Scorer.Polarity polarity) {
        if (max == min) {
            return 1;
        }
        return polarity == Scorer.Polarity.MOST ? (score - min) / (max - min) : (max - score) / (max - min);
    }

    /** Index of the highest sum; of those that are as good as equal, a random one. */
    static int best(double[] sums, RandomGenerator random) {
        double max = Double.NEGATIVE_INFINITY;
        for (double sum : sums) {
            max = Math.max(max, sum);
        }
        int best = 0;
        int equals = 0;
        for (int i = 0; i < sums.length; i++) {
            if (sums[i] >= max - TIE && random.nextInt(++equals) == 0) {
                best = i;
            }
        }
        return best;
    }
}
