package dev.penstock.cache;

import dev.penstock.cache.health.EjectionAgent;
import dev.penstock.cache.snapshot.FleetAgent;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/** What {@code lb-cache} does in turn: the fleet, who of it is out, since when. Confined to that thread. */
final class CacheThread implements Agent {

    private final FleetAgent fleet;
    private final @Nullable EjectionAgent ejections;
    private final @Nullable FleetHistory history;

    /**
     * The duties of a role.
     *
     * @param ejections null where no requests are sent
     * @param history null where nobody asks
     */
    CacheThread(FleetAgent fleet, @Nullable EjectionAgent ejections, @Nullable FleetHistory history) {
        this.fleet = fleet;
        this.ejections = ejections;
        this.history = history;
    }

    @Override
    public String roleName() {
        return fleet.roleName();
    }

    @Override
    public void onStart() {
        fleet.onStart();
    }

    @Override
    public int doWork() {
        return fleet.doWork() + (ejections == null ? 0 : ejections.doWork()) + (history == null ? 0 : history.look());
    }

    /** How long there is nothing to do unless somebody wakes it. */
    long restNanos() {
        return ejections == null ? fleet.restNanos() : Math.min(fleet.restNanos(), ejections.restNanos());
    }
}
