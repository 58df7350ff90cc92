package dev.penstock.spi;

/**
 * The first piece of a pipeline: says which candidates may be chosen. Its provider says that it
 * {@linkplain RouterProvider#filters filters}.
 *
 * <p>Threads: as {@link Router}.
 */
public interface Filter extends Router {

    /**
     * Whether a candidate may be chosen. Has no side effect that another call could see. A filter that would leave none
     * of those that the filters before it have left, or that throws, is passed over.
     *
     * @param context the request
     * @param candidate index of the candidate in {@link RoutingContext#candidates}
     */
    boolean accepts(RoutingContext context, int candidate);

    /** Alone, a filter has no opinion. */
    @Override
    default void route(RoutingContext context) {
        context.abstain("filter");
    }
}
