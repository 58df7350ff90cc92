package dev.penstock.cache.snapshot;

import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A pod of the fleet with the slots of its endpoints. Confined to {@code lb-cache}. */
final class PodEntry {

    private static final String MODEL_LABEL = "model.aibrix.ai/name";

    /** An endpoint of a pod: keeps its slot as long as the pod serves on its port. */
    static final class Endpoint {
        final PodEntry pod;
        final int port;
        int slot = SlotTable.NONE;
        /** Names of all that it serves. */
        Set<String> models = Set.of();
        /** As the next fleet shows it; null while it waits for a slot. */
        @Nullable Pod view;

        Endpoint(PodEntry pod, int port) {
            this.pod = pod;
            this.port = port;
        }
    }

    final List<Endpoint> endpoints = new ArrayList<>(1);
    String source;
    PodSpec spec;
    /** Names of all that it serves or claims. */
    Set<String> models = Set.of();
    private Map<Integer, Set<String>> reported = Map.of();

    PodEntry(String source, PodSpec spec) {
        this.source = source;
        this.spec = spec;
    }

    String key() {
        return spec.identity().key();
    }

    /** Takes what its source says now. What was reported of a port that it leaves is forgotten. */
    void become(PodSpec next) {
        spec = next;
        if (!next.ports().containsAll(reported.keySet())) {
            reported = new HashMap<>(reported);
            reported.keySet().retainAll(next.ports());
        }
    }

    /**
     * Takes what its engine says that it serves on a port.
     *
     * @return whether it is something else than before
     */
    boolean report(int port, Set<String> models) {
        if (!spec.ports().contains(port) || reported.getOrDefault(port, Set.of()).equals(models)) {
            return false;
        }
        Map<Integer, Set<String>> next = new HashMap<>(reported);
        if (models.isEmpty()) {
            next.remove(port);
        } else {
            next.put(port, models);
        }
        reported = next;
        return true;
    }

    /** What it serves, by port. */
    Map<Integer, Set<String>> served(Set<String> adapters) {
        Map<Integer, Set<String>> byPort = new LinkedHashMap<>();
        if (!spec.models().isEmpty()) {
            Set<String> ordinary = union(spec.models(), adapters);
            for (int port : spec.ports()) {
                byPort.put(port, union(ordinary, reported.getOrDefault(port, Set.of())));
            }
        }
        Map<Integer, Set<String>> claimed = new LinkedHashMap<>();
        for (ModelClaim claim : spec.claims()) {
            if (claim.state() == ModelClaim.State.ACTIVE) {
                claimed.merge(claim.port(), Set.of(claim.model()), PodEntry::union);
            }
        }
        byPort.putAll(claimed);
        return byPort;
    }

    /** Names of the models that it claims. */
    Set<String> claimed() {
        if (spec.claims().isEmpty()) {
            return Set.of();
        }
        Set<String> claimed = new HashSet<>();
        spec.claims().forEach(claim -> claimed.add(claim.model()));
        return claimed;
    }

    /** Whether a model is one of its own, and not an adapter. */
    boolean own(String model) {
        return spec.models().contains(model) || claimed().contains(model);
    }

    /** The model that its adapters belong to, or null where it serves no model of its own. */
    @Nullable String baseModel() {
        String label = spec.labels().get(MODEL_LABEL);
        if (label != null && spec.models().contains(label)) {
            return label;
        }
        return spec.models().isEmpty() ? null : Collections.min(spec.models());
    }

    static Set<String> union(Set<String> some, Set<String> more) {
        if (more.isEmpty() || some.containsAll(more)) {
            return some;
        }
        Set<String> all = new HashSet<>(some);
        all.addAll(more);
        return Set.copyOf(all);
    }
}
