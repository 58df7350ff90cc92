package dev.penstock.routers.kvcache;

import java.util.Locale;

/**
 * Prefill times that Preble's authors measured on a GPU, as AIBrix has them, in milliseconds. They rank work; they
 * promise nothing about the GPUs at hand.
 *
 * @param many linear part for 384 uncached tokens and more
 * @param some the same for fewer
 * @param few the same for fewer than 192
 * @param shortAttention attention over up to 1,024 tokens
 * @param longAttention attention over more
 * @param square what is added from 4,096 uncached tokens on
 */
record PrebleCosts(Curve many, Curve some, double few, Curve shortAttention, Curve longAttention, Curve square) {

    private static final PrebleCosts V100 = new PrebleCosts(new Curve(10.52444263, 0.27106428, 0),
            new Curve(-295, 3.125, -6.4e-3), 55, new Curve(0.80, 0, 0), new Curve(0.398, 4.65e-4, 0),
            new Curve(-18.425, 9.65e-3, 5.4e-6));
    private static final PrebleCosts A6000 = new PrebleCosts(new Curve(4.209777, 0.10842571, 0),
            new Curve(-118, 1.25, -2.56e-3), 22, new Curve(0.32, 0, 0), new Curve(0.159, 1.86e-4, 0),
            new Curve(-7.37, 3.86e-3, 2.16e-6));
    private static final double UTILIZATION = 0.9;
    private static final double SECONDS_PER_DECODED_TOKEN = 0.15;

    /** A parabola. */
    record Curve(double constant, double linear, double square) {
        double at(long tokens) {
            return constant + (linear + square * tokens) * tokens;
        }
    }

    /**
     * The times of a GPU.
     *
     * @throws IllegalArgumentException for one that was not measured
     */
    static PrebleCosts of(String gpu) {
        return switch (gpu.toUpperCase(Locale.ROOT)) {
            case "V100" -> V100;
            case "A6000" -> A6000;
            default -> throw new IllegalArgumentException(
                    PrebleProvider.GPU + ": " + gpu + " (expected: V100 or A6000)");
        };
    }

    /**
     * Seconds to prefill.
     *
     * @param uncached tokens that are not cached
     * @param context tokens of the whole prompt
     */
    double prefillSeconds(long uncached, long context) {
        double milliseconds = linear(uncached) + (context <= 1024 ? shortAttention : longAttention).at(context);
        if (uncached >= 4096) {
            milliseconds += square.at(uncached);
        }
        return milliseconds / UTILIZATION / 1e3;
    }

    /** What the answer costs. */
    static double decodeSeconds(long tokens) {
        return tokens * SECONDS_PER_DECODED_TOKEN;
    }

    private double linear(long tokens) {
        if (tokens >= 384) {
            return many.at(tokens);
        }
        return tokens >= 192 ? some.at(tokens) : few;
    }
}
