package dev.penstock.routers.fairness;

import dev.penstock.spi.RoutingContext;

/**
 * A request that waits.
 *
 * @param context the request
 * @param flow its user's
 * @param estimate how many tokens it may take
 * @param deadlineNanos when it has waited for too long
 */
record Waiting(RoutingContext context, Flow flow, Estimate estimate, long deadlineNanos) {

    /** What it counts in its user's turn: tokens. */
    long cost() {
        return Math.max(1, estimate.total());
    }

    long bytes() {
        return context.request().retainedBytes();
    }
}
