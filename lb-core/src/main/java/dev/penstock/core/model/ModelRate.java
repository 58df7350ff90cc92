package dev.penstock.core.model;

/**
 * How often a model may be asked. Immutable; any thread.
 *
 * @param requests most requests in a window, at least 1
 * @param windowSeconds length of the window
 */
public record ModelRate(int requests, int windowSeconds) {

    private static final int LONGEST_SECONDS = 60;

    /**
     * A rate by the second: whole from one on, below it one request in a window of several seconds.
     *
     * @param rate more than 0
     */
    public static ModelRate perSecond(double rate) {
        return rate >= 1 ? new ModelRate((int) Math.min(Integer.MAX_VALUE, Math.round(rate)), 1)
                : new ModelRate(1, (int) Math.clamp(Math.floor(1 / rate), 1, LONGEST_SECONDS));
    }
}
