package dev.penstock.cache.discovery;

import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * A source of pods. It posts commands to the cache and never waits for it; what it has said holds until it says
 * otherwise, so an outage of the source leaves the last good fleet in place.
 *
 * <p>{@link #load} and the duty cycle are confined to one thread at a time; {@link #state} and {@link #awaited} are
 * for any thread.
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

    /**
     * What is missing before the source has told all that there is for the first time, for a person; null from then on,
     * whatever happens. Any thread.
     */
    default @Nullable String awaited() {
        return null;
    }

    /** How long the duty cycle may rest. */
    long restNanos();
}
