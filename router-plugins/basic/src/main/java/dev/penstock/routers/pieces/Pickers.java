package dev.penstock.routers.pieces;

import dev.penstock.spi.Picker;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.random.RandomGenerator;

/** The pickers of this plugin, each a class of its own, because that is how a host finds them. */
public final class Pickers {

    private static final String TOP = "top";

    private Pickers() {}

    /** Offers {@code max-score-picker}: the highest sum, ties at random. */
    public static final class MaxScore extends PickerProvider {
        /** By the service loader. */
        public MaxScore() {
            super("max-score-picker", List.of(), MaxScore::picker);
        }

        private static Picker picker(RouterEnvironment environment) {
            return (context, scores) -> best(scores, environment.random());
        }
    }

    /** Offers {@code random-picker}: any of the best ones, or of all that are left. */
    public static final class AnyOfTheBest extends PickerProvider {
        /** By the service loader. */
        public AnyOfTheBest() {
            super("random-picker", List.of(new SettingSpec(TOP, SettingSpec.Type.INTEGER, "0",
                    "how many of those with the highest sums are drawn from; 0 for all that are left")),
                    AnyOfTheBest::picker);
        }

        private static Picker picker(RouterEnvironment environment) {
            long top = environment.integer(TOP);
            RandomGenerator random = environment.random();
            return (context, scores) -> {
                int left = left(scores);
                if (top <= 0 || top >= left) {
                    return nth(scores, random.nextInt(left));
                }
                // Few are drawn from: the best are taken away until the one that was drawn is the best.
                for (int better = random.nextInt((int) top); better > 0; better--) {
                    scores[best(scores, random)] = Double.NaN;
                }
                return best(scores, random);
            };
        }

        private static int left(double[] scores) {
            int left = 0;
            for (double score : scores) {
                left += Double.isNaN(score) ? 0 : 1;
            }
            return left;
        }

        private static int nth(double[] scores, int number) {
            int before = 0;
            for (int i = 0; i < scores.length; i++) {
                if (!Double.isNaN(scores[i]) && before++ == number) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** Offers {@code weighted-random-picker}: at random, each as likely as its sum is high. */
    public static final class WeightedRandom extends PickerProvider {
        /** By the service loader. */
        public WeightedRandom() {
            super("weighted-random-picker", List.of(), WeightedRandom::picker);
        }

        private static Picker picker(RouterEnvironment environment) {
            return (context, scores) -> {
                double total = 0;
                for (double score : scores) {
                    total += score > 0 ? score : 0;
                }
                if (total == 0) {
                    return best(scores, environment.random());
                }
                double rest = environment.random().nextDouble() * total;
                int last = -1;
                for (int i = 0; i < scores.length; i++) {
                    if (scores[i] > 0) {
                        last = i;
                        rest -= scores[i];
                        if (rest < 0) {
                            return i;
                        }
                    }
                }
                // The rest is what rounding has left over.
                return last;
            };
        }
    }

    /** Index of the highest score that is a number, ties at random; -1 where there is none. */
    private static int best(double[] scores, RandomGenerator random) {
        int best = -1;
        int equals = 0;
        for (int i = 0; i < scores.length; i++) {
            if (best < 0 ? !Double.isNaN(scores[i]) : scores[i] > scores[best]) {
                best = i;
                equals = 1;
            } else if (best >= 0 && scores[i] == scores[best] && random.nextInt(++equals) == 0) {
                best = i;
            }
        }
        return best;
    }
}
