package dev.penstock.spi;

import java.util.Map;

/**
 * One endpoint of a pod at one moment. A pod that serves on several ports (data parallel) has several. Immutable; any
 * thread may read it.
 */
public interface PodView {

    /** Namespace of the pod. */
    String namespace();

    /** Name of the pod. */
    String name();

    /** Identity of the pod: another pod of the same name has another one. Its endpoints share it. */
    String uid();

    /** IP address or host name, without brackets. */
    String host();

    /** Port that it serves on. */
    int port();

    /** {@code host:port}, an IPv6 address in brackets. */
    String address();

    /**
     * A small number, less than {@link Snapshot#slots}, that no other endpoint has at the same time: for arrays. Used
     * again, with another generation, after this endpoint has left the fleet.
     */
    int slot();

    /** Tells the users of one slot apart. */
    int generation();

    /** The group of the pod, by the setting {@code cache.group-by}; empty where it has none. */
    String group();

    /** Engine, for example {@code vllm}. */
    String engine();

    /** Whether it can take requests: it has an address, is ready and does not terminate. */
    boolean ready();

    /** Labels of the pod; cannot be changed. */
    Map<String, String> labels();

    /** Annotations of the pod; cannot be changed. */
    Map<String, String> annotations();

    /** Whether both are the same endpoint, perhaps seen at different moments. */
    default boolean sameEndpoint(PodView other) {
        return slot() == other.slot() && generation() == other.generation();
    }
}
