package dev.penstock.server.mailbox;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.Figures;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/** Pods of the model {@code m}, at slots from 0, in memory; fleets can be published, figures are counted. */
final class TestFleet implements SnapshotSource, Figures {

    static final String MODEL = "m";
    private static final int SLOTS = Fleet.CHUNK;

    private final AtomicIntegerArray inFlight = new AtomicIntegerArray(SLOTS);
    private final AtomicLongArray pendingTokens = new AtomicLongArray(SLOTS);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    final List<Long> acknowledged = new CopyOnWriteArrayList<>();
    final BlockingQueue<Long> acknowledgments = new LinkedBlockingQueue<>();
    volatile boolean failOnce;
    private volatile Fleet current;

    TestFleet(int pods) {
        List<PodView> all = new ArrayList<>();
        for (int slot = 0; slot < pods; slot++) {
            all.add(pod(slot));
        }
        current = fleet(1, all);
    }

    static PodView pod(int slot) {
        return Pod.of(new PodIdentity("default", "pod-" + slot, "uid-" + slot), "127.0.0.1", 8000 + slot, slot, 0, "",
                "vllm", true, Map.of(), Map.of());
    }

    void publish(List<PodView> pods) {
        current = fleet(current.version() + 1, pods);
        listeners.forEach(Runnable::run);
    }

    private static Fleet fleet(long version, List<PodView> pods) {
        PodView[][] chunks = new PodView[1][SLOTS];
        pods.forEach(pod -> chunks[0][pod.slot()] = pod);
        Candidates candidates = EndpointList.of(pods);
        Map<String, Model> models = new LinkedHashMap<>();
        models.put(MODEL, new Model(MODEL, MODEL, candidates, candidates, 0, null, null));
        return new Fleet(version, ModelIndex.of(models.values()), chunks);
    }

    @Override
    public Fleet current() {
        if (failOnce) {
            failOnce = false;
            throw new IllegalStateException("on purpose");
        }
        return current;
    }

    @Override
    public void acknowledge(int shard, long version) {
        acknowledged.add(version);
        acknowledgments.add(version);
    }

    @Override
    public void onPublish(Runnable listener) {
        listeners.add(listener);
    }

    int allInFlight() {
        int sum = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            sum += Math.abs(inFlight.get(slot));
        }
        return sum;
    }

    long allPendingTokens() {
        long sum = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            sum += Math.abs(pendingTokens.get(slot));
        }
        return sum;
    }

    @Override
    public void addInFlight(PodView endpoint, int delta) {
        inFlight.addAndGet(endpoint.slot(), delta);
    }

    @Override
    public void addPendingTokens(PodView endpoint, long delta) {
        pendingTokens.addAndGet(endpoint.slot(), delta);
    }

    @Override
    public int inFlightLocal(PodView endpoint) {
        return inFlight.get(endpoint.slot());
    }

    @Override
    public int inFlightRemote(PodView endpoint) {
        return 0;
    }

    @Override
    public long pendingTokens(PodView endpoint) {
        return pendingTokens.get(endpoint.slot());
    }

    @Override
    public double gauge(PodView endpoint, Gauge gauge) {
        return Double.NaN;
    }

    @Override
    public double gaugeAgeNanos(PodView endpoint, Gauge gauge) {
        return Double.NaN;
    }
}
