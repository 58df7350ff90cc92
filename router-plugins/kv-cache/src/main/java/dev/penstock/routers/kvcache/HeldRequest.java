package dev.penstock.routers.kvcache;

import dev.penstock.spi.RoutingContext;
import java.util.Comparator;

/**
 * A request that waits.
 *
 * @param context the request
 * @param key when its turn is, in seconds of some clock: when it came, later the more it takes
 * @param sinceNanos since when it waits
 * @param number more than that of all that came before it
 * @param deadlineNanos when it has waited for too long
 */
record HeldRequest(RoutingContext context, double key, long sinceNanos, long number, long deadlineNanos) {

    /** The one first whose turn is first. */
    static final Comparator<HeldRequest> BY_TURN =
            Comparator.comparingDouble(HeldRequest::key).thenComparingLong(HeldRequest::number);

    String model() {
        return context.request().model();
    }

    long bytes() {
        return context.request().retainedBytes();
    }
}
