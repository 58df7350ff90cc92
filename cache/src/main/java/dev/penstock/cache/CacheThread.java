package dev.penstock.cache;

import dev.penstock.cache.health.EjectionAgent;
import dev.penstock.cache.snapshot.FleetAgent;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/** What {@code lb-cache} does in turn: first the fleet, then who of it is out. Confined to that thread. */
final class CacheThread implements Agent {

    private final FleetAgent fleet;
    private final @Nullable EjectionAgent ejections;

    /**
     * The duties of a role.
     *
     * @param ejections null where no requests are sent
     */
    CacheThread(FleetAgent fleet, @Nullable EjectionAgent ejections) {
        this.fleet = fleet;
        this.ejections = ejections;
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
        return fleet.doWork() + (ejections == null ? 0 : ejections.doWork());
    }

    /** How long there is nothing to do unless somebody wakes it. */
    long restNanos() {
        return ejections == null ? fleet.restNanos() : Math.min(fleet.restNanos(), ejections.restNanos());
    }
}
