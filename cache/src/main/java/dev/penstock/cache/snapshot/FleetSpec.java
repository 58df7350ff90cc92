package dev.penstock.cache.snapshot;

import java.util.List;

/**
 * All that one source knows. Immutable; any thread.
 *
 * @param pods its pods, each name of a namespace once
 * @param models what it says of models beyond their pods
 */
public record FleetSpec(List<PodSpec> pods, List<ModelSpec> models) {

    /** Copies the lists. */
    public FleetSpec {
        pods = List.copyOf(pods);
        models = List.copyOf(models);
    }
}
