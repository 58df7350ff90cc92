package dev.penstock.cache.snapshot;

import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.PodIdentity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pod as a source describes it. Immutable; any thread.
 *
 * @param identity who it is
 * @param host IP address or host name, without brackets; empty while it has none
 * @param ports the ports that serve its models, each an endpoint of its own; a pod without models has none of them
 * @param group its group, or null for the one by its label
 * @param engine engine, for example {@code vllm}
 * @param ready whether it can take requests
 * @param labels its labels
 * @param annotations its annotations
 * @param models names of the models that it serves
 * @param claims what it takes on beside them; the port of an active one is an endpoint that serves what is claimed
 *     there and nothing else
 */
public record PodSpec(PodIdentity identity, String host, List<Integer> ports, @Nullable String group, String engine,
        boolean ready, Map<String, String> labels, Map<String, String> annotations, Set<String> models,
        List<ModelClaim> claims) {

    /** Copies the collections. */
    public PodSpec {
        ports = List.copyOf(ports);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        models = Set.copyOf(models);
        claims = List.copyOf(claims);
    }

    /** A pod that claims nothing. */
    public PodSpec(PodIdentity identity, String host, List<Integer> ports, @Nullable String group, String engine,
            boolean ready, Map<String, String> labels, Map<String, String> annotations, Set<String> models) {
        this(identity, host, ports, group, engine, ready, labels, annotations, models, List.of());
    }
}
