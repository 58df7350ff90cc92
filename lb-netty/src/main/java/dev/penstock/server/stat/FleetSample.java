package dev.penstock.server.stat;

import java.util.List;

/**
 * All endpoints of a process at one moment. Immutable; any thread.
 *
 * @param pid id of the process
 * @param uptimeNanos since when it runs
 * @param nanos when the sample was taken
 * @param endpoints in the order of their slots
 */
public record FleetSample(long pid, long uptimeNanos, long nanos, List<EndpointSample> endpoints) {

    /** Copies the list. */
    public FleetSample {
        endpoints = List.copyOf(endpoints);
    }
}
