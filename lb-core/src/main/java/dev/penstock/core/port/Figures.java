package dev.penstock.core.port;

import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;

/**
 * The live figures of all endpoints, with the side that counts. Any thread may call it; no lock, no object.
 *
 * <p>Whoever counts up counts down the same endpoint, once. The slot of an endpoint is not used again before its count
 * in flight is back at zero, so a late count never meets another endpoint.
 */
public interface Figures extends PodLoad {

    /** The load of an endpoint that has all it carries. A whole number, so that sums come back to zero. */
    long LOAD_UNIT = 1_000_000_000;

    /**
     * Counts requests in flight at an endpoint.
     *
     * @param delta 1 when a request is sent there, -1 when it has ended
     */
    void addInFlight(PodView endpoint, int delta);

    /**
     * Counts prompt tokens that wait for their first byte at an endpoint.
     *
     * @param delta tokens, negative when they do not wait any more
     */
    void addPendingTokens(PodView endpoint, long delta);

    /**
     * Counts load that is in flight at an endpoint, while the request that brings it is counted in flight. Nothing
     * where no load is kept.
     *
     * @param delta in {@link #LOAD_UNIT}, negative when it has ended
     */
    default void addPendingLoad(PodView endpoint, long delta) {}

    /**
     * Counts a request that the endpoint has answered to its end, while it is still counted in flight. Nothing where
     * no rate is kept.
     */
    default void completed(PodView endpoint) {}
}
