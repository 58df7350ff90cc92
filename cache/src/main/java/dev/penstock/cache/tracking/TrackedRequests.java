package dev.penstock.cache.tracking;

import dev.penstock.core.port.Lease;
import dev.penstock.core.port.RequestTracker;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Snapshot;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the requests of each model from their admission to their end. Any thread.
 *
 * <p>A lease ends what it began, whatever has become of its model meanwhile: it holds the very counter that it counted
 * up. Models that are not in the fleet are neither counted nor traced, so that made-up names cost no memory.
 */
public final class TrackedRequests implements RequestTracker {

    /** Of a counter whose model has left while nothing was pending: nobody counts there any more. */
    private static final int CLOSED = -1;

    private final SnapshotSource snapshots;
    private final TraceSink traces;
    private final ConcurrentMap<String, AtomicInteger> pending = new ConcurrentHashMap<>();

    /**
     * A tracker that counts nothing yet.
     *
     * @param snapshots the fleet as it is
     * @param traces takes the records
     */
    public TrackedRequests(SnapshotSource snapshots, TraceSink traces) {
        this.snapshots = snapshots;
        this.traces = traces;
    }

    @Override
    public Lease begin(String requestId, String model) {
        if (snapshots.current().model(model) == null) {
            return new UntrackedLease();
        }
        return new TrackedLease(model, countUp(model), traces.began(model), traces);
    }

    /** Requests of a model that have begun and not ended. */
    public int pending(String model) {
        AtomicInteger count = pending.get(model);
        return count == null ? 0 : Math.max(0, count.get());
    }

    /** Requests of all models that have begun and not ended. */
    public long pending() {
        return pending.values().stream().mapToLong(count -> Math.max(0, count.get())).sum();
    }

    /** Forgets models that are not in the fleet and have nothing pending. After each publication, by its writer. */
    public void forgetGone() {
        Snapshot fleet = snapshots.current();
        pending.forEach((model, count) -> {
            if (fleet.model(model) == null && count.compareAndSet(0, CLOSED)) {
                pending.remove(model, count);
            }
        });
    }

    private AtomicInteger countUp(String model) {
        while (true) {
            // get first: computeIfAbsent may take a lock even where there is a value.
            AtomicInteger count = pending.get(model);
            if (count == null) {
                count = pending.computeIfAbsent(model, name -> new AtomicInteger());
            }
            int before = count.get();
            while (before != CLOSED) {
                if (count.compareAndSet(before, before + 1)) {
                    return count;
                }
                before = count.get();
            }
            pending.remove(model, count);
        }
    }
}
