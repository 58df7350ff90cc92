package dev.penstock.core.engine;

import dev.penstock.spi.Scorer;
import java.util.random.RandomGenerator;

/**
 * The sum of weighted scores: each scorer's finite scores are put on a scale from 0 to 1, 1 being the best; equal ones
 * are all 1; a candidate without a score gets 0. The highest sum wins, ties at random. The arithmetic is that of
 * AIBrix's multi-strategy expressions. Holds no state.
 */
final class WeightedScoring {

    private static final double TIE = 1e-9;

    private WeightedScoring() {}

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

    /** Index of the highest sum that is a number; of those that are as good as equal, a random one. */
    static int best(double[] sums, RandomGenerator random) {
        double max = Double.NEGATIVE_INFINITY;
        for (double sum : sums) {
            if (sum > max) {
                max = sum;
            }
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
