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
     * Ranks the candidates. Has no side effect that another call could see.
     *
     * @param context the request
     * @param scores one place for each candidate, by its index; NaN before and after means that there is no data
     */
    void score(RoutingContext context, double[] scores);

    /** Which end of the scale wins. */
    Polarity polarity();
}
