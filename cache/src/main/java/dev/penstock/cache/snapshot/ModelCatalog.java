package dev.penstock.cache.snapshot;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What all sources say of models beyond their pods. Where several speak of one model or alias, the source whose name
 * comes first holds. Confined to {@code lb-cache}.
 */
final class ModelCatalog {

    private final SortedMap<String, List<ModelSpec>> bySource = new TreeMap<>();
    private Map<String, ModelSpec> models = Map.of();
    private Map<String, String> targets = Map.of();
    /** By name, those whose view is made of that of the name: its aliases, and what is split over it. */
    private Map<String, Set<String>> dependents = Map.of();

    /**
     * Takes what a source says now.
     *
     * @return names of models and aliases of which something else is said
     */
    Set<String> replace(String source, List<ModelSpec> specs) {
        List<ModelSpec> before = specs.isEmpty() ? bySource.remove(source) : bySource.put(source, specs);
        if (specs.equals(before == null ? List.of() : before)) {
            return Set.of();
        }
        Map<String, ModelSpec> modelsBefore = models;
        Map<String, String> targetsBefore = targets;
        rebuild();
        Set<String> touched = new HashSet<>();
        compare(modelsBefore, models, touched);
        compare(targetsBefore, targets, touched);
        return touched;
    }

    private void rebuild() {
        models = new HashMap<>();
        targets = new HashMap<>();
        dependents = new HashMap<>();
        for (List<ModelSpec> each : bySource.values()) {
            for (ModelSpec spec : each) {
                models.putIfAbsent(spec.name(), spec);
                spec.aliases().forEach(alias -> targets.putIfAbsent(alias, spec.name()));
            }
        }
        BiConsumer<String, String> depend = (on, who) ->
                dependents.computeIfAbsent(on, name -> new HashSet<>()).add(who);
        targets.forEach((alias, target) -> depend.accept(target, alias));
        for (ModelSpec spec : models.values()) {
            for (String part : spec.split().keySet()) {
                depend.accept(part, spec.name());
            }
        }
    }

    private static <T> void compare(Map<String, T> before, Map<String, T> after, Set<String> touched) {
        before.forEach((name, value) -> {
            if (!Objects.equals(value, after.get(name))) {
                touched.add(name);
            }
        });
        after.keySet().forEach(name -> {
            if (!before.containsKey(name)) {
                touched.add(name);
            }
        });
    }

    /** What is said of a model, or null. */
    @Nullable ModelSpec model(String name) {
        return models.get(name);
    }

    /** The model that an alias stands for, or null where the name is none. */
    @Nullable String target(String alias) {
        return targets.get(alias);
    }

    /** Names whose views are made of that of a name, directly or through others. */
    Set<String> dependents(String name) {
        if (!dependents.containsKey(name)) {
            return Set.of();
        }
        Set<String> all = new HashSet<>();
        collect(name, all);
        return all;
    }

    private void collect(String name, Set<String> all) {
        for (String each : dependents.getOrDefault(name, Set.of())) {
            if (all.add(each)) {
                collect(each, all);
            }
        }
    }
}
