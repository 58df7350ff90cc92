package dev.penstock.spi;

/**
 * The last piece of a pipeline: takes one candidate by its score.
 *
 * <p>Threads: as {@link Router}.
 */
public interface Picker extends Router {

    /**
     * Takes a candidate. Where it throws, or takes what is none, the fallback decides.
     *
     * @param context the request
     * @param scores the weighted sum for each candidate, 0 to 1, more is better; NaN for one that was filtered out; not
     * to be kept
     * @return index of the candidate in {@link RoutingContext#candidates}
     */
    int pick(RoutingContext context, double[] scores);

    /** Alone, a picker has no opinion. */
    @Override
    default void route(RoutingContext context) {
        context.abstain("picker");
    }
}
