package dev.penstock.spi;

/**
 * The last piece of a pipeline: takes one candidate by its score. Its provider says that it
 * {@linkplain RouterProvider#picks picks}.
 *
 * <p>Threads: as {@link Router}.
 */
public interface Picker extends Router {

    /**
     * Takes a candidate. Has no side effect that another call could see, but for the random numbers that it draws.
     * Where it throws, or takes what is none, the fallback decides.
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
