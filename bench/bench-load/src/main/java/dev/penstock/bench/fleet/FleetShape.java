package dev.penstock.bench.fleet;

import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.ModelSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A fleet as Kubernetes would tell it. Immutable; any thread.
 *
 * @param pods how many pods; each serves one model
 * @param models how many models; each has an alias
 * @param adapters how many adapters, each on {@link #PODS_OF_ADAPTER} pods of one model, or on all where it has fewer
 */
public record FleetShape(int pods, int models, int adapters) {

    /** Pods that have an adapter. */
    public static final int PODS_OF_ADAPTER = 5;
    static final String NAMESPACE = "engines";
    private static final int PORT = 8000;

    /** Checks the numbers. */
    public FleetShape {
        if (models < 1 || pods < models || adapters < 0) {
            throw new IllegalArgumentException("pods, models, adapters: " + pods + ", " + models + ", " + adapters
                    + " (expected: at least one model, as many pods as models)");
        }
    }

    /**
     * A pod.
     *
     * @param number 0 to {@code pods - 1}
     * @param life the how many-th pod of its name: another one has another UID and address
     * @param ready whether it can take requests
     */
    PodSpec pod(int number, int life, boolean ready) {
        String model = model(number % models);
        String host = "10." + life % 250 + "." + number / 250 + "." + number % 250;
        Map<String, String> labels = Map.of("model.aibrix.ai/name", model, "model.aibrix.ai/port",
                Integer.toString(PORT), "model.aibrix.ai/engine", "vllm", "app.kubernetes.io/name", model,
                "pod-template-hash", "5d8f9c7b6", "topology.kubernetes.io/zone", "zone-" + number % 3);
        return new PodSpec(new PodIdentity(NAMESPACE, name(number), number + "-0000-0000-" + life), host,
                List.of(PORT), null, "vllm", ready, labels,
                Map.of("prometheus.io/scrape", "true", "prometheus.io/port", Integer.toString(PORT)), Set.of(model));
    }

    /** An adapter; {@code shift} moves it to the pods that come after those that it is on first. */
    AdapterSpec adapter(int number, int shift) {
        int model = number % models;
        int serving = (pods - model + models - 1) / models;
        Set<String> names = new HashSet<>();
        for (int i = 0; i < PODS_OF_ADAPTER; i++) {
            names.add(name(model + (number / models * PODS_OF_ADAPTER + shift + i) % serving * models));
        }
        return new AdapterSpec(NAMESPACE, "adapter-" + number, names);
    }

    /** Whether there are adapters, and pods that they are not on. */
    boolean adaptersCanMove() {
        return adapters > 0 && pods / models > PODS_OF_ADAPTER;
    }

    /** All of it, every pod in its first life. */
    FleetSpec all() {
        List<PodSpec> podSpecs = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            podSpecs.add(pod(i, 0, true));
        }
        List<ModelSpec> modelSpecs = new ArrayList<>();
        for (int i = 0; i < models; i++) {
            modelSpecs.add(new ModelSpec(model(i), Set.of("alias-" + i), null, null));
        }
        List<AdapterSpec> adapterSpecs = new ArrayList<>();
        for (int i = 0; i < adapters; i++) {
            adapterSpecs.add(adapter(i, 0));
        }
        return new FleetSpec(podSpecs, modelSpecs, adapterSpecs);
    }

    static String model(int number) {
        return "model-" + number;
    }

    private static String name(int pod) {
        return "engine-" + pod;
    }
}
