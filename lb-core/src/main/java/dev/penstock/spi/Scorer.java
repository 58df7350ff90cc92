package dev.penstock.spi;

/**
 * A router that can also rank: a part of an expression such as {@code least-request:2,session-affinity:1}.
 *
 * <p>Threads: as {@link Router}.
 */
public interface Scorer extends Router {

    /** Which end of the scale wins. */
    enum Polarity {
        /** The lowest score is the best. */
        LEAST,
        /** The highest score is the best. */
        MOST
    }

    /**
     * Ranks the candidates. Has no side effect that another call could see. Where it throws, it counts for nobody.
     *
     * @param context the request
     * @param scores one place for each candidate, by its index in {@link RoutingContext#candidates}, to be filled with
     * finite numbers of any scale; NaN, as before the call, means that there is no data. Not to be kept
     */
    void score(RoutingContext context, double[] scores);

    /** Which end of the scale wins; the same at each call. */
    Polarity polarity();
}
