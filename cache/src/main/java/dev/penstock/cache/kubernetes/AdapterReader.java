package dev.penstock.cache.kubernetes;

import dev.penstock.cache.snapshot.AdapterSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a {@code ModelAdapter} means to the cache: its name is a model, and its status lists the pods of its
 * namespace that have loaded it. Never throws. Pure; any thread.
 */
final class AdapterReader {

    private static final int MOST_PODS = 100_000;

    private AdapterReader() {}

    /** Reads an adapter. */
    static Reading<AdapterSpec> read(GenericKubernetesResource resource) {
        ObjectMeta meta = Objects.requireNonNullElseGet(resource.getMetadata(), ObjectMeta::new);
        ObjectKey key = new ObjectKey(text(meta.getNamespace()), text(meta.getName()));
        String uid = text(meta.getUid());
        String problem = PodReader.problemOfName(key.name());
        if (problem != null) {
            return Reading.refused(key, uid, List.of("metadata.name: " + problem));
        }
        return switch (instances(resource)) {
            // Not placed yet.
            case null -> new Reading<>(key, uid, new AdapterSpec(key.namespace(), key.name(), Set.of()), List.of());
            case List<?> names when names.size() <= MOST_PODS -> {
                Set<String> pods = new LinkedHashSet<>();
                List<String> problems = new ArrayList<>();
                for (Object name : names) {
                    if (name instanceof String pod && !pod.isBlank()) {
                        pods.add(pod);
                    } else {
                        problems.add("status.instances: expected: names of pods, not "
                                + PodReader.quoted(String.valueOf(name)));
                    }
                }
                yield problems.isEmpty()
                        ? new Reading<>(key, uid, new AdapterSpec(key.namespace(), key.name(), pods), problems)
                        : Reading.refused(key, uid, problems.subList(0, Math.min(3, problems.size())));
            }
            default -> Reading.refused(key, uid, List.of("status.instances: expected: a list of names of pods"));
        };
    }

    private static @Nullable Object instances(GenericKubernetesResource resource) {
        Map<String, Object> all = resource.getAdditionalProperties();
        Object status = all == null ? null : all.get("status");
        return status instanceof Map<?, ?> fields ? fields.get("instances") : status;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
