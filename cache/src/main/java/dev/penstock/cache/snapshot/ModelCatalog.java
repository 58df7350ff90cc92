package dev.penstock.cache.snapshot;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What all sources say of models beyond their pods. Where several speak of one model or alias, the source whose name
 * comes first holds. Confined to {@code lb-cache}.
 */
final class ModelCatalog {

    private final SortedMap<String, List<ModelSpec>> bySource = new TreeMap<>();
    private final Map<String, ModelSpec> models = new HashMap<>();
    private final Map<String, String> targets = new HashMap<>();

    /**
     * Takes what a source says now.
     *
     * @return names of models and aliases that may have changed
     */
    Set<String> replace(String source, List<ModelSpec> specs) {
        List<ModelSpec> before = bySource.put(source, specs);
        if (specs.equals(before)) {
            return Set.of();
        }
        Set<String> touched = new HashSet<>(models.keySet());
        touched.addAll(targets.keySet());
        models.clear();
        targets.clear();
        for (List<ModelSpec> each : bySource.values()) {
            for (ModelSpec spec : each) {
                models.putIfAbsent(spec.name(), spec);
                spec.aliases().forEach(alias -> targets.putIfAbsent(alias, spec.name()));
            }
        }
        touched.addAll(models.keySet());
        touched.addAll(targets.keySet());
        return touched;
    }

    /** What is said of a model, or null. */
    @Nullable ModelSpec model(String name) {
        return models.get(name);
    }

    /** The model that an alias stands for, or null where the name is none. */
    @Nullable String target(String alias) {
        return targets.get(alias);
    }

    /** The aliases of a model, as far as they are not given to another one. */
    Set<String> aliases(String model) {
        ModelSpec spec = models.get(model);
        return spec == null ? Set.of() : spec.aliases();
    }
}
