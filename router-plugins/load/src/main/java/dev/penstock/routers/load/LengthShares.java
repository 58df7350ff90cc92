package dev.penstock.routers.load;

import java.util.Arrays;

/**
 * How the tokens of prompts are spread over their lengths: which share of all tokens belongs to shorter prompts. Made
 * anew from time to time; what is older than that counts half as much. Confined to one thread.
 */
final class LengthShares {

    // Eight classes for each doubling of the length, so that a class is an eighth wide.
    private static final int CLASS_BITS = 3;
    private static final int LONGEST_BITS = 30;
    private static final int CLASSES = (LONGEST_BITS - CLASS_BITS + 1) << CLASS_BITS;
    private static final double BEFORE_ONE = Math.nextDown(1.0);

    private final long firstMax;
    private final long cutNanos;
    private final double[] tokens = new double[CLASSES];
    // The share of all tokens in shorter classes; one more than classes, so that each has an end.
    private final double[] shorter = new double[CLASSES + 1];
    private boolean cut;
    private long cutAtNanos;

    /**
     * Nothing is known yet.
     *
     * @param firstMax until something is known, lengths are spread evenly up to this one
     * @param cutNanos time after which shares are made anew
     */
    LengthShares(long firstMax, long cutNanos, long nowNanos) {
        this.firstMax = firstMax;
        this.cutNanos = cutNanos;
        this.cutAtNanos = nowNanos;
    }

    /**
     * Where a prompt stands among all, from 0 for the shortest to less than 1 for the longest. Prompts of one class are
     * spread over its share.
     *
     * @param within a number from 0 to 1, evenly drawn
     */
    double place(long promptTokens, double within) {
        if (!cut) {
            return Math.min(BEFORE_ONE, Math.max(0, (double) promptTokens / firstMax));
        }
        int of = classOf(promptTokens);
        return Math.min(BEFORE_ONE, shorter[of] + within * (shorter[of + 1] - shorter[of]));
    }

    /** Whether lengths are known; else they are spread evenly. */
    boolean known() {
        return cut;
    }

    /** A prompt was sent. */
    void add(long promptTokens, long nowNanos) {
        tokens[classOf(promptTokens)] += Math.max(1, promptTokens);
        if (nowNanos - cutAtNanos >= cutNanos) {
            cutAtNanos = nowNanos;
            cut();
        }
    }

    private void cut() {
        double all = Arrays.stream(tokens).sum();
        double sum = 0;
        for (int i = 0; i < CLASSES; i++) {
            shorter[i] = sum / all;
            sum += tokens[i];
            tokens[i] /= 2;
        }
        shorter[CLASSES] = 1;
        cut = true;
    }

    static int classOf(long promptTokens) {
        long length = Math.max(0, Math.min(promptTokens, (1L << LONGEST_BITS) - 1));
        int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(length);
        if (highest < CLASS_BITS) {
            return (int) length;
        }
        int narrower = highest - CLASS_BITS;
        return (narrower << CLASS_BITS) + (int) (length >>> narrower);
    }
}
