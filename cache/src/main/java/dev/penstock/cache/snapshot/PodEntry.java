package dev.penstock.cache.snapshot;

import dev.penstock.core.model.Pod;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pod of the fleet with the slots of its endpoints. Confined to {@code lb-cache}. */
final class PodEntry {

    /** An endpoint of a pod: keeps its slot as long as the pod serves on its port. */
    static final class Endpoint {
        final int port;
        int slot = SlotTable.NONE;
        /** As the next fleet shows it; null while it waits for a slot. */
        @Nullable Pod view;

        Endpoint(int port) {
            this.port = port;
        }
    }

    final List<Endpoint> endpoints = new ArrayList<>();
    String source;
    PodSpec spec;

    PodEntry(String source, PodSpec spec) {
        this.source = source;
        this.spec = spec;
    }
}
