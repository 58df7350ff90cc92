package dev.penstock.cache.discovery;

import org.agrona.concurrent.Agent;

/**
 * A source of pods. It posts commands to the cache and never waits for it; what it has said holds until it says
 * otherwise, so an outage of the source leaves the last good fleet in place.
 *
 * <p>{@link #load} and the duty cycle are confined to one thread at a time; {@link #state} is for any thread.
 */
public interface Discovery extends Agent {

    /**
     * Learns the fleet as it is at the start and posts it.
     *
     * @throws InvalidFleetException where that cannot be known
     */
    void load();

    /** How the source fares. */
    DiscoveryState state();

    /** How long the duty cycle may rest. */
    long restNanos();
}
