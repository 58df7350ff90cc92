package dev.penstock.cache.snapshot;

import java.util.Set;

/**
 * An adapter as a source describes it: a model that some pods have loaded beside their base model. Immutable; any
 * thread.
 *
 * @param namespace its namespace, and that of its pods
 * @param name its name, by which clients ask for it
 * @param podNames names of the pods that have loaded it; they need not be known yet
 */
public record AdapterSpec(String namespace, String name, Set<String> podNames) {

    /** Copies the set. */
    public AdapterSpec {
        podNames = Set.copyOf(podNames);
    }

    /** {@code namespace/name}. */
    String key() {
        return namespace + "/" + name;
    }
}
