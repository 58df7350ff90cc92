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
}
