package dev.penstock.cache;

import dev.penstock.cache.trace.TracedModels;
import dev.penstock.cache.tracking.TrackedRequests;
import dev.penstock.core.port.SnapshotSource;

/**
 * What traces have to know of the models of a fleet. Any thread.
 *
 * @param fleet the fleet
 * @param tracker counts the requests
 */
record FleetModels(SnapshotSource fleet, TrackedRequests tracker) implements TracedModels {

    @Override
    public boolean known(String model) {
        return fleet.current().model(model) != null;
    }

    @Override
    public long pending(String model) {
        return tracker.pending(model);
    }

    @Override
    public long queueing(String model) {
        return tracker.queueing(model);
    }
}
