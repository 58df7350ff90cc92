package dev.penstock.bench.fleet;

import com.sun.management.ThreadMXBean;
import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.snapshot.FleetLedger;
import dev.penstock.cache.snapshot.SlotTable;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.port.GpuProfiles;
import java.lang.management.ManagementFactory;

/**
 * The real writer of snapshots, run by the thread that measures, by a clock that only it moves. Every shard has seen
 * every fleet at once. Confined to that thread.
 */
final class HandDrivenWriter {

    private static final int COMMANDS = 64;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int shards;
    private final FigureColumns figures;
    private final CacheProxy proxy = new CacheProxy(COMMANDS);
    private final FleetAgent agent;
    private long now;

    HandDrivenWriter(int maxEndpoints, int shards) {
        this.shards = shards;
        figures = FigureColumns.direct(maxEndpoints, this::now, Long.MAX_VALUE, GpuProfiles.NONE);
        SlotTable slots = new SlotTable(maxEndpoints, shards, figures);
        agent = new FleetAgent(proxy, new FleetLedger(slots, shards, "app.kubernetes.io/name"), slots, this::now,
                error -> {
                    throw new IllegalStateException(error);
                });
    }

    private long now() {
        return now;
    }

    Fleet fleet() {
        return agent.current();
    }

    /** Nanoseconds by its own clock. */
    long nanos() {
        return now;
    }

    void offer(CacheCommand command) {
        if (!proxy.offer(command)) {
            throw new IllegalStateException("more than " + COMMANDS + " commands at once");
        }
    }

    /** One duty cycle after some time. */
    void cycleAfter(long nanos) {
        now += nanos;
        long version = fleet().version();
        agent.doWork();
        if (fleet().version() != version) {
            for (int shard = 0; shard < shards; shard++) {
                agent.acknowledge(shard, fleet().version());
            }
        }
    }

    /** A duty cycle at a time when publishing is allowed again: what is told is published. */
    void publish() {
        cycleAfter(FleetAgent.PUBLISH_INTERVAL_NANOS);
    }

    /** What one publication took. */
    record Cost(long bytes, long nanos) {}

    /** Publishes what is told, and measures it. */
    Cost measure() {
        now += FleetAgent.PUBLISH_INTERVAL_NANOS;
        Cost cost = cost(agent::doWork);
        for (int shard = 0; shard < shards; shard++) {
            agent.acknowledge(shard, fleet().version());
        }
        return cost;
    }

    /** What some work of this thread takes. */
    static Cost cost(Runnable work) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        work.run();
        long nanos = System.nanoTime() - begin;
        return new Cost(THREADS.getCurrentThreadAllocatedBytes() - bytes, nanos);
    }

    /** Ends it. */
    void close() {
        figures.close();
    }
}
