package dev.penstock.core.engine;

import dev.penstock.core.port.Figures;
import dev.penstock.core.port.Forecasts;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.HeldRequests;
import dev.penstock.core.port.SnapshotSource;

/**
 * What an engine works with; the same for all epochs of a shard.
 *
 * @param shard number of the shard, from 0
 * @param snapshots where the fleet comes from
 * @param figures the live figures
 * @param health which endpoints get no requests for a while
 * @param forecasts what can be told of requests beforehand
 * @param held counts the requests that wait in routers
 * @param strategies the strategies that there are
 * @param metrics what the engine counts
 * @param seed from which the random numbers of routers are made
 */
public record EngineContext(int shard, SnapshotSource snapshots, Figures figures, Health health,
        Forecasts forecasts, HeldRequests held, StrategyCatalog strategies, EngineMetrics metrics, long seed) {

    /** An engine to which nothing is told of requests beforehand, and nobody asks which wait. */
    public EngineContext(int shard, SnapshotSource snapshots, Figures figures, Health health,
            StrategyCatalog strategies, EngineMetrics metrics, long seed) {
        this(shard, snapshots, figures, health, Forecasts.NONE, HeldRequests.NONE, strategies, metrics, seed);
    }
}
