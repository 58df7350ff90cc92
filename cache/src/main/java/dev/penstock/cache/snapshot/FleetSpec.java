package dev.penstock.cache.snapshot;

import java.util.List;

/**
 * All that one source knows. Immutable; any thread.
 *
 * @param pods its pods, each name of a namespace once
 * @param models what it says of models beyond their pods
 * @param adapters its adapters, each name of a namespace once
 */
public record FleetSpec(List<PodSpec> pods, List<ModelSpec> models, List<AdapterSpec> adapters) {

    /** Copies the lists. */
    public FleetSpec {
        pods = List.copyOf(pods);
        models = List.copyOf(models);
        adapters = List.copyOf(adapters);
    }

    /** Whether nothing is said at all. */
    public boolean isEmpty() {
        return pods.isEmpty() && models.isEmpty() && adapters.isEmpty();
    }

    /** Without adapters. */
    public FleetSpec(List<PodSpec> pods, List<ModelSpec> models) {
        this(pods, models, List.of());
    }
}
