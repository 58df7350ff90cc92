package dev.penstock.core.model;

import dev.penstock.spi.PodView;
import java.util.Map;

/**
 * One endpoint of a pod. See {@link PodView} for the meaning of each part.
 *
 * @param identity namespace, name and UID of the pod
 * @param host IP address or host name, without brackets
 * @param port port that it serves on
 * @param address {@code host:port}, an IPv6 address in brackets
 * @param slot where its live figures are
 * @param generation tells the users of one slot apart
 * @param group group of the pod, or empty
 * @param engine engine, for example {@code vllm}
 * @param ready whether it can take requests
 * @param labels labels of the pod
 * @param annotations annotations of the pod
 */
public record Pod(PodIdentity identity, String host, int port, String address, int slot, int generation, String group,
        String engine, boolean ready, Map<String, String> labels, Map<String, String> annotations) implements PodView {

    /** Copies the maps. */
    public Pod {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** An endpoint whose address is made of host and port. */
    public static Pod of(PodIdentity identity, String host, int port, int slot, int generation, String group,
            String engine, boolean ready, Map<String, String> labels, Map<String, String> annotations) {
        String address = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        return new Pod(identity, host, port, address, slot, generation, group, engine, ready, labels, annotations);
    }

    @Override
    public String namespace() {
        return identity.namespace();
    }

    @Override
    public String name() {
        return identity.name();
    }

    @Override
    public String uid() {
        return identity.uid();
    }
}
