package dev.penstock.cache.health;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.core.config.HealthSettings;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Health with its fleet, time, rules and duty cycles in the hands of a test. */
final class HandDrivenHealth implements SnapshotSource {

    private static final int SLOTS = Fleet.CHUNK;

    final Map<String, LongAdder> counts = new HashMap<>();
    long now = 1_000_000_000_000L;
    int woken;
    HealthSettings rules = HealthSettings.defaults();
    private final FigureColumns figures = FigureColumns.direct(SLOTS, () -> now, 1_000_000_000L, GpuProfiles.NONE);
    private final Map<String, Pod> pods = new LinkedHashMap<>();
    private final Map<String, Set<String>> models = new LinkedHashMap<>();
    private final int[] generations = new int[SLOTS];
    private Fleet current = Fleet.EMPTY;
    final EndpointHealth health = new EndpointHealth(figures.health(), () -> rules, () -> now, () -> woken++);
    final EjectionAgent agent;

    HandDrivenHealth(String... names) {
        for (String name : names) {
            put(name, pods.size(), true);
        }
        publish();
        agent = new EjectionAgent(health, figures.health(), this, () -> rules, () -> now, metrics());
    }

    /** Rules that differ from the defaults: names without {@code health.} and values, in turn. */
    HandDrivenHealth rules(String... namesAndValues) {
        Map<String, Source> said = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            said.put("health." + namesAndValues[i], new Source(namesAndValues[i + 1], "test"));
        }
        rules = HealthSettings.from(Settings.conclude(HealthSettings.ALL, said, Map.of(), Map.of()));
        return this;
    }

    private void put(String name, int slot, boolean ready) {
        int generation = ++generations[slot];
        figures.prepare(slot, generation);
        pods.put(name, Pod.of(new PodIdentity("ns", name, name + generation), "10.0.0.1", 8000 + slot, slot, generation,
                "", "vllm", ready, Map.of(), Map.of()));
    }

    /** Says which pods serve a model; without any such, all serve the model {@code m}. */
    void model(String name, String... served) {
        models.put(name, Set.of(served));
        publish();
    }

    void ready(String name, boolean ready) {
        pods.computeIfPresent(name, (key, pod) -> new Pod(pod.identity(), pod.host(), pod.port(), pod.address(),
                pod.slot(), pod.generation(), pod.group(), pod.engine(), ready, pod.labels(), pod.annotations()));
        publish();
    }

    /** Another pod takes the slot of one. */
    void replace(String name) {
        int slot = pod(name).slot();
        pods.remove(name);
        publish();
        agent.doWork();
        put(name, slot, true);
        publish();
    }

    void remove(String name) {
        pods.remove(name);
        publish();
    }

    PodView pod(String name) {
        return Objects.requireNonNull(pods.get(name), name);
    }

    Set<String> names() {
        return Set.copyOf(pods.keySet());
    }

    private void publish() {
        Map<String, Model> views = new LinkedHashMap<>();
        if (models.isEmpty()) {
            views.put("m", view("m", pods.keySet()));
        }
        models.forEach((model, served) -> views.put(model, view(model, served)));
        @Nullable PodView[][] chunks = new PodView[1][SLOTS];
        pods.values().forEach(pod -> chunks[0][pod.slot()] = pod);
        current = new Fleet(current.version() + 1, ModelIndex.of(views.values()), chunks);
    }

    private Model view(String name, Set<String> served) {
        List<Pod> serving = pods.values().stream().filter(pod -> served.contains(pod.name())).toList();
        return new Model(name, name, EndpointList.of(serving),
                EndpointList.of(serving.stream().filter(Pod::ready).toList()), 0, null, null);
    }

    private Metrics metrics() {
        return (name, help, labels) -> {
            LongAdder sum = counts.computeIfAbsent(name + String.join("/", labels), key -> new LongAdder());
            return new Metrics.Count() {
                @Override
                public void add(long amount) {
                    sum.add(amount);
                }

                @Override
                public long value() {
                    return sum.sum();
                }
            };
        };
    }

    long count(String series) {
        return Objects.requireNonNull(counts.get(series), series).sum();
    }

    // ---- what requests tell

    HandDrivenHealth refuse(String name, int times) {
        for (int i = 0; i < times; i++) {
            health.failed(pod(name), Health.Failure.CONNECT);
        }
        return this;
    }

    HandDrivenHealth answer(String name, int status) {
        health.answered(pod(name), status, -1);
        if (status < 500 && status != 429) {
            health.completed(pod(name));
        }
        return this;
    }

    // ---- time

    /** A duty cycle at a time when a look is due. */
    HandDrivenHealth look() {
        now += EjectionAgent.LOOK_INTERVAL_NANOS;
        agent.doWork();
        return this;
    }

    HandDrivenHealth pass(Duration time) {
        now += time.toNanos();
        agent.doWork();
        return this;
    }

    Health.State state(String name) {
        return health.standing(pod(name)).state();
    }

    @Override
    public Fleet current() {
        return current;
    }

    @Override
    public void acknowledge(int shard, long version) {}

    @Override
    public void onPublish(Runnable listener) {}
}
