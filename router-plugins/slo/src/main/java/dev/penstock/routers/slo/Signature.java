package dev.penstock.routers.slo;

/** What kind of request it is, by the lengths of its prompt and answer. Holds no state. */
final class Signature {

    private static final int LENGTHS = Long.SIZE;

    private Signature() {}

    /**
     * A small number that requests share whose lengths are the same, rounded to powers of two.
     *
     * @param restricted whether the request may go to some endpoints of its model only
     */
    static int of(long outputTokens, long promptTokens, boolean restricted) {
        return ((restricted ? LENGTHS : 0) + power(outputTokens)) * LENGTHS + power(promptTokens);
    }

    /** The power of two that is nearest on a logarithmic scale, the larger one of two; 0 for 0. */
    static int power(long tokens) {
        if (tokens <= 1) {
            return 0;
        }
        int floor = Long.SIZE - 1 - Long.numberOfLeadingZeros(tokens);
        // Half-way between two powers is the root of their product.
        double square = (double) tokens * tokens;
        return square >= Math.scalb(2.0, 2 * floor) ? floor + 1 : floor;
    }
}
