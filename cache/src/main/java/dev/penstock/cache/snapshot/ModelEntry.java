package dev.penstock.cache.snapshot;

import java.util.LinkedHashSet;
import java.util.Set;

/** Who serves or claims a model. Confined to {@code lb-cache}. */
final class ModelEntry {

    final Set<PodEntry.Endpoint> endpoints = new LinkedHashSet<>(4);
    final Set<PodEntry> claimants = new LinkedHashSet<>(0);

    boolean unknown() {
        return endpoints.isEmpty() && claimants.isEmpty();
    }
}
