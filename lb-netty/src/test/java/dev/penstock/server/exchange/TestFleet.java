package dev.penstock.server.exchange;

import dev.penstock.core.model.ConfigProfiles;
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
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pods at given ports, all of the model {@code m}; {@code empty} is a model without ready pods. */
final class TestFleet implements SnapshotSource, Figures {
    private final AtomicIntegerArray inFlight = new AtomicIntegerArray(Fleet.CHUNK);
    private final AtomicLongArray pending = new AtomicLongArray(Fleet.CHUNK);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Fleet current = Fleet.EMPTY;

    void publish(@Nullable String locked, @Nullable String own, String host, int... ports) {
        List<PodView> pods = new ArrayList<>();
        for (int slot = 0; slot < ports.length; slot++) {
            pods.add(pod(host, ports[slot], slot, Map.of("slot", "s" + slot)));
        }
        publish(locked, own, pods);
    }

    /** A pod of a slot. */
    static PodView pod(String host, int port, int slot, Map<String, String> labels) {
        return Pod.of(new PodIdentity("default", "pod-" + slot, "uid-" + slot), host, port, slot, 0, "", "vllm", true,
                labels, Map.of());
    }

    /** Publishes the same pods, of which one is ready or not from now on. */
    void ready(int slot, boolean ready) {
        List<PodView> pods = new ArrayList<>();
        for (int i = 0; i < Fleet.CHUNK; i++) {
            if (current.endpoint(i) instanceof Pod pod) {
                pods.add(i != slot ? pod : new Pod(pod.identity(), pod.host(), pod.port(), pod.address(), slot,
                        pod.generation(), pod.group(), pod.engine(), ready, pod.labels(), pod.annotations()));
            }
        }
        publish(null, null, pods);
    }

    /** Publishes the same pods, and models that are made of them. */
    void publish(Function<List<PodView>, List<Model>> models) {
        List<PodView> pods = new ArrayList<>();
        PodView[][] chunks = new PodView[1][Fleet.CHUNK];
        for (int i = 0; i < Fleet.CHUNK; i++) {
            if (current.endpoint(i) instanceof Pod pod) {
                pods.add(pod);
                chunks[0][i] = pod;
            }
        }
        current = new Fleet(current.version() + 1, ModelIndex.of(models.apply(pods)), chunks);
        listeners.forEach(Runnable::run);
    }

    /** A model of some pods. */
    static Model model(String name, List<PodView> pods, @Nullable ConfigProfiles profiles) {
        Candidates all = EndpointList.of(pods);
        return new Model(name, name, all, EndpointList.filter(all, PodView::ready), 0, null, null, null, profiles,
                List.of());
    }

    void publish(@Nullable String locked, @Nullable String own, List<PodView> pods) {
        PodView[][] chunks = new PodView[1][Fleet.CHUNK];
        pods.forEach(pod -> chunks[0][pod.slot()] = pod);
        Candidates all = EndpointList.of(pods);
        Map<String, Model> models = new LinkedHashMap<>();
        models.put("m", new Model("m", "m", all, EndpointList.filter(all, PodView::ready), 0, locked, own));
        models.put("empty", new Model("empty", "empty", all, EndpointList.EMPTY, 0, null, null));
        current = new Fleet(current.version() + 1, ModelIndex.of(models.values()), chunks);
        listeners.forEach(Runnable::run);
    }

    PodView pod(int slot) {
        return Objects.requireNonNull(current.endpoint(slot));
    }

    /** Whether nothing is counted at any endpoint. */
    boolean idle() {
        for (int slot = 0; slot < Fleet.CHUNK; slot++) {
            if (inFlight.get(slot) != 0 || pending.get(slot) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Fleet current() {
        return current;
    }

    @Override
    public void acknowledge(int shard, long version) {
    }

    @Override
    public void onPublish(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void addInFlight(PodView endpoint, int delta) {
        inFlight.addAndGet(endpoint.slot(), delta);
    }

    @Override
    public void addPendingTokens(PodView endpoint, long delta) {
        pending.addAndGet(endpoint.slot(), delta);
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
        return pending.get(endpoint.slot());
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
