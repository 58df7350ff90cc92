package dev.penstock.cache;

import dev.penstock.cache.snapshot.FleetAgent;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/** What {@code lb-cache} does in turn: first the fleet, then what a gateway wants. Confined to that thread. */
final class CacheThread implements Agent {

    private final FleetAgent fleet;
    private final @Nullable GatewayParts gateway;

    /**
     * The duties of a role.
     *
     * @param gateway null where no requests are sent
     */
    CacheThread(FleetAgent fleet, @Nullable GatewayParts gateway) {
        this.fleet = fleet;
        this.gateway = gateway;
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
        return fleet.doWork() + (gateway == null ? 0 : gateway.doWork());
    }

    /** How long there is nothing to do unless somebody wakes it. */
    long restNanos() {
        return gateway == null ? fleet.restNanos() : Math.min(fleet.restNanos(), gateway.restNanos());
    }
}
