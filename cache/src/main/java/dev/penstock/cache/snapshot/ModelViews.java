package dev.penstock.cache.snapshot;

import dev.penstock.cache.profiles.ProfileDocuments;
import dev.penstock.core.model.ClaimedPod;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.TrafficSplit;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who serves what, and the immutable views of models made of it. Names are models that a pod serves or claims, aliases
 * of them, and names that are only split over them. Confined to {@code lb-cache}.
 */
final class ModelViews {

    private static final Comparator<ClaimedPod> CLAIMS = Comparator.<ClaimedPod, String>comparing(each ->
            each.pod().namespace()).thenComparing(each -> each.pod().name()).thenComparing(each ->
            each.claim().name());

    private final ModelCatalog catalog;
    private final ShardAssignment shards;
    private final Map<String, ModelEntry> entries = new HashMap<>();
    private final Set<String> touched = new HashSet<>();
    private final ProfileDocuments documents = new ProfileDocuments();
    private ModelIndex index = ModelIndex.EMPTY;
    private int made;

    ModelViews(ModelCatalog catalog, ShardAssignment shards) {
        this.catalog = catalog;
        this.shards = shards;
    }

    // ---- who serves what

    /** The next fleet shows some models differently. */
    void touch(Set<String> names) {
        touched.addAll(names);
    }

    /** Something else is said of some models: it holds for their adapters, too. */
    void touchWithAdapters(Set<String> names) {
        touch(names);
        for (String name : names) {
            ModelEntry entry = entries.get(name);
            if (entry != null) {
                entry.endpoints.forEach(endpoint -> touch(endpoint.models));
            }
        }
    }

    /** An endpoint serves other models now; those that it serves before and after need not be touched. */
    void serve(PodEntry.Endpoint endpoint, Set<String> models) {
        Set<String> before = endpoint.models;
        if (before.equals(models)) {
            return;
        }
        endpoint.models = models;
        for (String model : models) {
            if (!before.contains(model) && entry(model).endpoints.add(endpoint)) {
                touched.add(model);
            }
        }
        for (String model : before) {
            if (!models.contains(model)) {
                ModelEntry entry = entry(model);
                entry.endpoints.remove(endpoint);
                forgetUnknown(model, entry);
                touched.add(model);
            }
        }
    }

    /** A pod claims other models now. */
    void claim(PodEntry pod, Set<String> before, Set<String> after) {
        for (String model : after) {
            entry(model).claimants.add(pod);
        }
        for (String model : before) {
            if (!after.contains(model)) {
                ModelEntry entry = entry(model);
                entry.claimants.remove(pod);
                forgetUnknown(model, entry);
            }
        }
        touch(before);
        touch(after);
    }

    private ModelEntry entry(String model) {
        return entries.computeIfAbsent(model, name -> new ModelEntry());
    }

    private void forgetUnknown(String model, ModelEntry entry) {
        if (entry.unknown()) {
            entries.remove(model);
        }
    }

    boolean touched() {
        return !touched.isEmpty();
    }

    // ---- the next fleet

    /** How many models the last {@link #next} made. */
    int made() {
        return made;
    }

    /** The models of the next fleet: shares with the last all that did not change. */
    ModelIndex next() {
        touch(shards.settle());
        Set<String> names = new HashSet<>(touched);
        for (String name : touched) {
            names.addAll(catalog.dependents(name));
        }
        touched.clear();
        made = 0;
        Map<String, @Nullable Model> changes = new HashMap<>();
        for (String name : names) {
            make(name, names, changes);
        }
        index = index.with(changes);
        return index;
    }

    private @Nullable Model make(String name, Set<String> names, Map<String, @Nullable Model> changes) {
        if (!names.contains(name)) {
            return index.get(name);
        }
        if (changes.containsKey(name)) {
            return changes.get(name);
        }
        ModelEntry entry = entries.get(name);
        Model model = entry == null ? split(name) : served(name, entry);
        if (model == null) {
            String target = catalog.target(name);
            Model of = target == null ? null
                    : entries.containsKey(target) ? make(target, names, changes) : split(target);
            model = of == null ? null : alias(name, of);
        }
        changes.put(name, model);
        made += model == null ? 0 : 1;
        return model;
    }

    private Model served(String name, ModelEntry entry) {
        List<PodView> views = new ArrayList<>(entry.endpoints.size());
        String base = entry.claimants.isEmpty() ? null : name;
        for (PodEntry.Endpoint endpoint : entry.endpoints) {
            if (endpoint.view != null) {
                views.add(endpoint.view);
            }
            base = baseModel(name, base, endpoint.pod);
        }
        EndpointList endpoints = EndpointList.of(views);
        Candidates ready = EndpointList.filter(endpoints, PodView::ready);
        ModelSpec spec = catalog.model(name);
        if (spec == null && base != null) {
            spec = catalog.model(base);
        }
        return new Model(name, base == null ? name : base, endpoints, ready, shards.of(name),
                spec == null ? null : spec.lockedStrategy(), spec == null ? null : spec.strategy(), splitOf(name),
                spec != null && spec.profiles() != null ? spec.profiles() : documents.of(ready),
                claims(name, entry));
    }

    /** A model is its own base as soon as one pod says so; of several other bases the first by name is it. */
    private static @Nullable String baseModel(String name, @Nullable String known, PodEntry pod) {
        if (name.equals(known)) {
            return known;
        }
        if (pod.own(name)) {
            return name;
        }
        String base = pod.baseModel();
        return known == null || (base != null && base.compareTo(known) < 0) ? base : known;
    }

    private static List<ClaimedPod> claims(String name, ModelEntry entry) {
        if (entry.claimants.isEmpty()) {
            return List.of();
        }
        List<ClaimedPod> claims = new ArrayList<>();
        for (PodEntry pod : entry.claimants) {
            for (ModelClaim claim : pod.spec.claims()) {
                if (claim.model().equals(name)) {
                    claims.add(new ClaimedPod(pod.spec.identity(), pod.spec.host(), pod.spec.ready(), claim));
                }
            }
        }
        claims.sort(CLAIMS);
        return claims;
    }

    private static Model alias(String name, Model of) {
        return new Model(name, of.baseModel(), of.endpoints(), of.ready(), of.shard(), of.lockedStrategy(),
                of.strategy(), of.split(), of.profiles(), of.claims());
    }

    /** A name that nobody serves: there as long as one of those is over which it is split. */
    private @Nullable Model split(String name) {
        TrafficSplit split = splitOf(name);
        ModelSpec spec = catalog.model(name);
        return split == null || spec == null ? null : new Model(name, name, EndpointList.EMPTY, EndpointList.EMPTY, 0,
                spec.lockedStrategy(), spec.strategy(), split, spec.profiles(), List.of());
    }

    private @Nullable TrafficSplit splitOf(String name) {
        ModelSpec spec = catalog.model(name);
        if (spec == null || spec.split().isEmpty()) {
            return null;
        }
        Map<String, Integer> weights = new HashMap<>();
        spec.split().forEach((model, weight) -> {
            if (weight > 0 && isServed(model)) {
                weights.put(model, weight);
            }
        });
        return weights.isEmpty() ? null : TrafficSplit.of(weights);
    }

    private boolean isServed(String name) {
        if (entries.containsKey(name)) {
            return true;
        }
        ModelSpec spec = catalog.model(name);
        String target = spec == null || spec.split().isEmpty() ? catalog.target(name) : null;
        return target != null && entries.containsKey(target);
    }
}
