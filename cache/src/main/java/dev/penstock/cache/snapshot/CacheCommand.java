package dev.penstock.cache.snapshot;

/** What a source tells the writer of the snapshots. */
public sealed interface CacheCommand {

    /** Name of the source; it owns the pods that it told of last. */
    String source();

    /**
     * All that the source knows; pods of it that are not listed have left.
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
}
