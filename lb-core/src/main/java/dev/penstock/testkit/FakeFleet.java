package dev.penstock.testkit;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A fleet that a test describes by names; each change is published at once, and routers hear of it when the shard is
 * served next. All pods serve the model {@link #MODEL}, and further models where the test says so. One thread changes
 * it, any thread may read what it publishes.
 */
public final class FakeFleet {

    /** The model that every pod serves. */
    public static final String MODEL = "m";

    private static final int PORT = 8000;

    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final Map<String, List<String>> models = new LinkedHashMap<>();
    private final Map<String, String> baseModels = new HashMap<>();
    private final Map<Integer, Integer> generations = new HashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private final List<Long> acknowledged = new ArrayList<>();
    private final SnapshotSource source = new Source();
    private int uids;
    private long version;
    private volatile Fleet current = Fleet.EMPTY;

    /** A fleet without pods; that of a shard is {@link TestShard#fleet}. */
    public FakeFleet() {}

    /**
     * Adds ready pods, without labels and of no group; the n-th pod of the fleet's life is at {@code 10.0.0.n:8000}.
     *
     * @param names names that are not in the fleet
     * @return this
     */
    public FakeFleet add(String... names) {
        for (String name : names) {
            add(name, "10.0.0." + (uids + 1), PORT, "");
        }
        return this;
    }

    /**
     * Adds a ready pod without labels.
     *
     * @param name its name
     * @param host IP address or host name
     * @param port its port
     * @param group its group; empty for none
     * @return this
     * @throws IllegalArgumentException where a pod of this name is there
     */
    public FakeFleet add(String name, String host, int port, String group) {
        if (pods.containsKey(name)) {
            throw new IllegalArgumentException("pod: " + name + " (expected: a name that is not in the fleet)");
        }
        int slot = freeSlot();
        int generation = generations.merge(slot, 1, Integer::sum);
        uids++;
        pods.put(name, Pod.of(new PodIdentity("default", name, "uid-" + uids), host, port, slot, generation, group,
                "vllm", true, Map.of(), Map.of()));
        return publish();
    }

    /**
     * Removes a pod; its slot is free for the next one.
     *
     * @return this
     */
    public FakeFleet remove(String name) {
        pods.remove(known(name).name());
        return publish();
    }

    /**
     * Puts another pod of the same name in the place of one: the same slot, another UID and generation, no labels.
     *
     * @return this
     */
    public FakeFleet replace(String name) {
        Pod before = known(name);
        pods.remove(name);
        return add(name, before.host(), before.port(), before.group());
    }

    /**
     * Says whether a pod is ready. One that is not, be it starting or terminating, is no candidate.
     *
     * @return this
     */
    public FakeFleet ready(String name, boolean ready) {
        return change(name, pod -> new Pod(pod.identity(), pod.host(), pod.port(), pod.address(), pod.slot(),
                pod.generation(), pod.group(), pod.engine(), ready, pod.labels(), pod.annotations()));
    }

    /**
     * Gives a pod a label, or another value of it.
     *
     * @return this
     */
    public FakeFleet label(String name, String key, String value) {
        return change(name, pod -> {
            Map<String, String> labels = new HashMap<>(pod.labels());
            labels.put(key, value);
            return new Pod(pod.identity(), pod.host(), pod.port(), pod.address(), pod.slot(), pod.generation(),
                    pod.group(), pod.engine(), pod.ready(), labels, pod.annotations());
        });
    }

    /**
     * Gives a pod an annotation, or another value of it.
     *
     * @return this
     */
    public FakeFleet annotation(String name, String key, String value) {
        return change(name, pod -> {
            Map<String, String> annotations = new HashMap<>(pod.annotations());
            annotations.put(key, value);
            return new Pod(pod.identity(), pod.host(), pod.port(), pod.address(), pod.slot(), pod.generation(),
                    pod.group(), pod.engine(), pod.ready(), pod.labels(), annotations);
        });
    }

    /**
     * Says which engine a pod has; {@code vllm} at first.
     *
     * @return this
     */
    public FakeFleet engine(String name, String engine) {
        return change(name, pod -> new Pod(pod.identity(), pod.host(), pod.port(), pod.address(), pod.slot(),
                pod.generation(), pod.group(), engine, pod.ready(), pod.labels(), pod.annotations()));
    }

    /**
     * Puts a pod into a group.
     *
     * @param group name of the group; empty for none
     * @return this
     */
    public FakeFleet group(String name, String group) {
        return change(name, pod -> new Pod(pod.identity(), pod.host(), pod.port(), pod.address(), pod.slot(),
                pod.generation(), group, pod.engine(), pod.ready(), pod.labels(), pod.annotations()));
    }

    /**
     * Says which pods serve a further model.
     *
     * @return this
     */
    public FakeFleet model(String model, String... podNames) {
        models.put(model, List.of(podNames));
        return publish();
    }

    /**
     * Says which pods serve an adapter, as long as they are there.
     *
     * @param adapter name of the adapter
     * @param baseModel name of its base model
     * @return this
     */
    public FakeFleet adapter(String adapter, String baseModel, String... podNames) {
        baseModels.put(adapter, baseModel);
        return model(adapter, podNames);
    }

    /**
     * A pod as it is now. One that was asked for earlier does not change.
     *
     * @throws IllegalArgumentException where there is none of this name
     */
    public PodView pod(String name) {
        return known(name);
    }

    /** The fleet as it is now. */
    public Snapshot current() {
        return current;
    }

    /** The versions that engines have acknowledged, in order. */
    List<Long> acknowledged() {
        return List.copyOf(acknowledged);
    }

    /** The side that an engine sees. */
    SnapshotSource source() {
        return source;
    }

    private FakeFleet change(String name, UnaryOperator<Pod> how) {
        pods.put(name, how.apply(known(name)));
        return publish();
    }

    private Pod known(String name) {
        Pod pod = pods.get(name);
        if (pod == null) {
            throw new IllegalArgumentException("pod: " + name + " (expected: one of " + pods.keySet() + ")");
        }
        return pod;
    }

    private int freeSlot() {
        int slot = 0;
        while (used(slot)) {
            slot++;
        }
        return slot;
    }

    private boolean used(int slot) {
        return pods.values().stream().anyMatch(pod -> pod.slot() == slot);
    }

    private FakeFleet publish() {
        Map<String, Model> views = new LinkedHashMap<>();
        if (!pods.isEmpty()) {
            views.put(MODEL, model(MODEL, List.copyOf(pods.values())));
        }
        models.forEach((name, names) -> {
            List<Pod> serving = names.stream().filter(pods::containsKey).map(this::known).toList();
            if (!serving.isEmpty()) {
                views.put(name, model(name, serving));
            }
        });
        current = new Fleet(++version, ModelIndex.of(views.values()), chunks());
        listeners.forEach(Runnable::run);
        return this;
    }

    private Model model(String name, List<Pod> serving) {
        List<Pod> ready = serving.stream().filter(Pod::ready).toList();
        return new Model(name, baseModels.getOrDefault(name, name), EndpointList.of(serving), EndpointList.of(ready), 0,
                null, null);
    }

    private @Nullable PodView[][] chunks() {
        int slots = pods.values().stream().mapToInt(Pod::slot).max().orElse(-1) + 1;
        @Nullable PodView[][] chunks = new PodView[(slots + Fleet.CHUNK - 1) / Fleet.CHUNK][Fleet.CHUNK];
        pods.values().forEach(pod -> chunks[pod.slot() / Fleet.CHUNK][pod.slot() % Fleet.CHUNK] = pod);
        return chunks;
    }

    private final class Source implements SnapshotSource {

        @Override
        public Fleet current() {
            return current;
        }

        @Override
        public void acknowledge(int shard, long acknowledgedVersion) {
            acknowledged.add(acknowledgedVersion);
        }

        @Override
        public void onPublish(Runnable listener) {
            listeners.add(listener);
        }
    }
}
