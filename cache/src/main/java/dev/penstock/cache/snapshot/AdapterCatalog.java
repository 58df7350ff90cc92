package dev.penstock.cache.snapshot;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which adapters all sources say are on which pods, by the names of the pods, whether the pods are known or not.
 * Confined to {@code lb-cache}.
 */
final class AdapterCatalog {

    private final Map<String, Map<String, AdapterSpec>> bySource = new HashMap<>();
    /** By namespace and name of the pod, how often each adapter is said to be there. */
    private final Map<String, Map<String, Integer>> byPod = new HashMap<>();

    /** Names of the adapters that a pod has. */
    Set<String> of(String podKey) {
        Map<String, Integer> there = byPod.get(podKey);
        return there == null ? Set.of() : Set.copyOf(there.keySet());
    }

    /**
     * Takes all that a source says now.
     *
     * @return keys of the pods that may have other adapters now
     */
    Set<String> replace(String source, List<AdapterSpec> specs) {
        Map<String, AdapterSpec> before = bySource.getOrDefault(source, Map.of());
        Map<String, AdapterSpec> after = new HashMap<>();
        specs.forEach(spec -> after.put(spec.key(), spec));
        Set<String> touched = new HashSet<>();
        for (AdapterSpec spec : List.copyOf(before.values())) {
            if (!after.containsKey(spec.key())) {
                touched.addAll(remove(source, spec.namespace(), spec.name()));
            }
        }
        after.values().forEach(spec -> touched.addAll(put(source, spec)));
        return touched;
    }

    /**
     * Takes what a source says of one adapter.
     *
     * @return keys of the pods that may have other adapters now
     */
    Set<String> put(String source, AdapterSpec spec) {
        AdapterSpec before = bySource.computeIfAbsent(source, name -> new HashMap<>()).put(spec.key(), spec);
        if (spec.equals(before)) {
            return Set.of();
        }
        Set<String> touched = new HashSet<>(count(spec, 1));
        touched.addAll(count(before, -1));
        return touched;
    }

    /**
     * Forgets an adapter of a source.
     *
     * @return keys of the pods that may have other adapters now
     */
    Set<String> remove(String source, String namespace, String name) {
        Map<String, AdapterSpec> known = bySource.get(source);
        return known == null ? Set.of() : count(known.remove(namespace + "/" + name), -1);
    }

    private Set<String> count(@Nullable AdapterSpec spec, int delta) {
        if (spec == null) {
            return Set.of();
        }
        Set<String> keys = new HashSet<>();
        for (String pod : spec.podNames()) {
            String key = spec.namespace() + "/" + pod;
            keys.add(key);
            Map<String, Integer> there = byPod.computeIfAbsent(key, name -> new HashMap<>());
            if (there.merge(spec.name(), delta, Integer::sum) == 0) {
                there.remove(spec.name());
            }
            if (there.isEmpty()) {
                byPod.remove(key);
            }
        }
        return keys;
    }
}
