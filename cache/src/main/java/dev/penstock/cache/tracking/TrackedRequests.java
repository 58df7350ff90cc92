package dev.penstock.cache.tracking;

import dev.penstock.core.port.HeldRequests;
import dev.penstock.core.port.Lease;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.OutputPredictor;
import dev.penstock.core.port.RequestTracker;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Snapshot;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.random.RandomGenerator;

/**
 * Counts the requests of each model from their admission to their end, and remembers how long their answers were. Any
 * thread.
 *
 * <p>A lease ends what it began, whatever has become of its model meanwhile: it holds the very counter that it counted
 * up. Models that are not in the fleet are neither counted nor traced, so that made-up names cost no memory.
 */
public final class TrackedRequests implements RequestTracker, OutputPredictor, HeldRequests {

    private final SnapshotSource snapshots;
    private final TraceSink traces;
    private final NanoClock clock;
    private final ConcurrentMap<String, TrackedModel> models = new ConcurrentHashMap<>();

    /**
     * A tracker that counts nothing yet.
     *
     * @param snapshots the fleet as it is
     * @param traces takes the records
     * @param clock tells how old an answer is
     */
    public TrackedRequests(SnapshotSource snapshots, TraceSink traces, NanoClock clock) {
        this.snapshots = snapshots;
        this.traces = traces;
        this.clock = clock;
    }

    @Override
    public Lease begin(String requestId, String model) {
        if (snapshots.current().model(model) == null) {
            return new UntrackedLease();
        }
        return new TrackedLease(model, countUp(model), traces.began(model), traces, clock);
    }

    /** Requests of a model that have begun and not ended. */
    public int pending(String model) {
        TrackedModel tracked = models.get(model);
        return tracked == null ? 0 : tracked.pending();
    }

    /** Requests of all models that have begun and not ended. */
    public long pending() {
        return models.values().stream().mapToLong(TrackedModel::pending).sum();
    }

    /** Requests that have begun and not ended, by model: of each that had any since it is in the fleet. */
    public Map<String, Integer> pendingByModel() {
        Map<String, Integer> all = new TreeMap<>();
        models.forEach((name, tracked) -> all.put(name, tracked.pending()));
        return all;
    }

    /** Requests of a model that wait in routers. */
    public int queueing(String model) {
        TrackedModel tracked = models.get(model);
        return tracked == null ? 0 : tracked.held();
    }

    @Override
    public Hold hold(String model) {
        TrackedModel tracked = models.get(model);
        return tracked == null ? HeldRequests.NONE.hold(model) : tracked.hold();
    }

    @Override
    public long predict(String model, long promptTokens, RandomGenerator random) {
        TrackedModel tracked = models.get(model);
        return tracked == null ? 1 : tracked.outputs().predict(promptTokens, clock.nanoTime(), random);
    }

    /** Forgets models that are not in the fleet and have nothing pending. After each publication, by its writer. */
    public void forgetGone() {
        Snapshot fleet = snapshots.current();
        models.forEach((name, tracked) -> {
            if (fleet.model(name) == null && tracked.close()) {
                models.remove(name, tracked);
            }
        });
    }

    /** How many models are remembered. */
    int remembered() {
        return models.size();
    }

    private TrackedModel countUp(String model) {
        while (true) {
            // get first: computeIfAbsent may take a lock even where there is a value.
            TrackedModel tracked = models.get(model);
            if (tracked == null) {
                tracked = models.computeIfAbsent(model, name -> new TrackedModel(clock.nanoTime()));
            }
            if (tracked.begin()) {
                return tracked;
            }
            models.remove(model, tracked);
        }
    }
}
