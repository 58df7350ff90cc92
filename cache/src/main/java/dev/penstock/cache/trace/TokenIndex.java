package dev.penstock.cache.trace;

/**
 * The bucket of a number of tokens: its binary logarithm in steps of a tenth, as the GPU optimizer of AIBrix reads it.
 */
final class TokenIndex {

    /** Steps of the index for each doubling of the tokens. */
    static final int PRECISION = 10;

    private static final double STEP = 0.1;
    private static final double INVERSE_LN_2 = 1 / Math.log(2);

    private TokenIndex() {}

    /**
     * The bucket; 0 for no tokens and for one.
     *
     * <p>The rounded value is divided by the step once more and cut off, in doubles: some buckets come out one lower
     * than their number, 20 tokens in 42 instead of 43. Readers expect just that.
     */
    static int of(long tokens) {
        if (tokens <= 0) {
            return 0;
        }
        double rounded = Math.floor(log2(tokens) / STEP + 0.5) * STEP;
        return (int) (rounded / STEP);
    }

    /** Exact for powers of two, which a quotient of two logarithms is not. */
    private static double log2(long tokens) {
        int exponent = Math.getExponent((double) tokens) + 1;
        double fraction = Math.scalb((double) tokens, -exponent);
        return fraction == 0.5 ? exponent - 1 : Math.log(fraction) * INVERSE_LN_2 + exponent;
    }
}
