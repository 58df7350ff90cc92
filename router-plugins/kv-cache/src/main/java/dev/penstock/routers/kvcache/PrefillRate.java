package dev.penstock.routers.kvcache;

/**
 * How many uncached tokens a pod prefills in a second, learned from the times between first tokens; older samples fade.
 * Confined to one thread.
 */
final class PrefillRate {

    // Of busy time: what is older counts less than a third.
    private static final double FADE_SECONDS = 120;

    private double tokens;
    private double seconds;

    /** A pod has prefilled some tokens, and did nothing else. */
    void add(double prefilled, double busySeconds) {
        double fade = fade(busySeconds);
        tokens = tokens * fade + prefilled;
        seconds = seconds * fade + busySeconds;
    }

    /** What is left of older samples after some time of new ones. */
    static double fade(double busySeconds) {
        return Math.exp(-busySeconds / FADE_SECONDS);
    }

    /**
     * Tokens a second.
     *
     * @param assumed what is assumed before there are samples
     * @param weightSeconds seconds of samples that weigh as much as the assumption
     */
    double perSecond(double assumed, double weightSeconds) {
        return (tokens + assumed * weightSeconds) / (seconds + weightSeconds);
    }
}
