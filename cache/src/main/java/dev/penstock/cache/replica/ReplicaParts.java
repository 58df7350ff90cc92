package dev.penstock.cache.replica;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;

/**
 * What sharing works with.
 *
 * @param settings what is shared
 * @param redis where
 * @param self name of this process among the replicas, another one at each start
 * @param snapshots the fleet
 * @param figures what is in flight, here and elsewhere
 * @param clock the time
 * @param metrics where it counts
 * @param wake has {@code lb-replica} look for answers
 */
record ReplicaParts(ReplicaSettings settings, Redis redis, String self, SnapshotSource snapshots,
        FigureColumns figures, NanoClock clock, Metrics metrics, Runnable wake) {}
