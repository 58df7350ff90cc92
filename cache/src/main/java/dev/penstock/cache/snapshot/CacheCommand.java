package dev.penstock.cache.snapshot;

import dev.penstock.core.model.PodIdentity;
import java.util.Set;

/** What the writer of the snapshots is told. A source owns the pods that it told of last, and its adapters. */
public sealed interface CacheCommand {

    /**
     * All that a source knows; pods and adapters of it that are not listed have left.
     *
     * @param source name of the source
     * @param fleet all of it
     */
    record PodsReplaced(String source, FleetSpec fleet) implements CacheCommand {}

    /**
     * A pod has come, or is another now.
     *
     * @param source name of the source
     * @param pod the pod
     */
    record PodUpserted(String source, PodSpec pod) implements CacheCommand {}

    /**
     * A pod has left.
     *
     * @param source name of the source
     * @param namespace its namespace
     * @param name its name
     * @param uid its UID: a pod that has taken the name since stays
     */
    record PodRemoved(String source, String namespace, String name, String uid) implements CacheCommand {}

    /**
     * An adapter has come, or is on other pods now. It may come before its pods.
     *
     * @param source name of the source
     * @param adapter the adapter
     */
    record AdapterUpserted(String source, AdapterSpec adapter) implements CacheCommand {}

    /**
     * An adapter has left.
     *
     * @param source name of the source
     * @param namespace its namespace
     * @param name its name
     */
    record AdapterRemoved(String source, String namespace, String name) implements CacheCommand {}

    /**
     * What an engine itself says that it serves. Of no effect where the pod has left or serves claims on that port.
     *
     * @param pod who it is
     * @param port the port that was asked
     * @param models all models that it listed beyond its base model; those that it listed before and does not any more
     *     are no longer served there, unless somebody else says so
     */
    record ModelsReported(PodIdentity pod, int port, Set<String> models) implements CacheCommand {

        /** Copies the set. */
        public ModelsReported {
            models = Set.copyOf(models);
        }
    }
}
