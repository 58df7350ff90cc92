package dev.penstock.cache;

import dev.penstock.cache.figures.CompletionRates;
import dev.penstock.cache.health.EjectionAgent;
import dev.penstock.cache.snapshot.FleetAgent;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * What {@code lb-cache} does in turn: the fleet, who of it is out, how fast it is, since when. Confined to that thread.
 */
final class CacheThread implements Agent {

    private final FleetAgent fleet;
    private final @Nullable EjectionAgent ejections;
    private final @Nullable FleetHistory history;
    private final @Nullable CompletionRates rates;

    /**
     * The duties of a role.
     *
     * @param ejections null where no requests are sent
     * @param rates null where no requests are sent
     * @param history null where nobody asks
     */
    CacheThread(FleetAgent fleet, @Nullable EjectionAgent ejections, @Nullable CompletionRates rates,
            @Nullable FleetHistory history) {
        this.fleet = fleet;
        this.ejections = ejections;
        this.rates = rates;
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
        return fleet.doWork() + (ejections == null ? 0 : ejections.doWork()) + (rates == null ? 0 : rates.doWork())
                + (history == null ? 0 : history.look());
    }

    /** How long there is nothing to do unless somebody wakes it. */
    long restNanos() {
        long rest = ejections == null ? fleet.restNanos() : Math.min(fleet.restNanos(), ejections.restNanos());
        return rates == null ? rest : Math.min(rest, rates.restNanos());
    }
}
