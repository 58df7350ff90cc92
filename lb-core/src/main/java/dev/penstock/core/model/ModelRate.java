package dev.penstock.core.model;

/**
 * How often a model may be asked, and how many may ask it at one time. Immutable; any thread.
 *
 * @param requests most requests in a window; 0 for any number
 * @param windowSeconds length of the window
 * @param inFlight most requests in flight, over all endpoints; 0 for any number
 */
public record ModelRate(int requests, int windowSeconds, int inFlight) {

    private static final int LONGEST_SECONDS = 60;

    /** As many in flight as one likes. */
    public ModelRate(int requests, int windowSeconds) {
        this(requests, windowSeconds, 0);
    }

    /**
     * A rate by the second: whole from one on, below it one request in a window of several seconds.
     *
     * @param rate more than 0
     * @param inFlight most requests in flight; 0 for any number
     */
    public static ModelRate perSecond(double rate, int inFlight) {
        return rate >= 1 ? new ModelRate((int) Math.min(Integer.MAX_VALUE, Math.round(rate)), 1, inFlight)
                : new ModelRate(1, (int) Math.clamp(Math.floor(1 / rate), 1, LONGEST_SECONDS), inFlight);
    }
}
