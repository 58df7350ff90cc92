package dev.penstock.cache.snapshot;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fleet as its sources tell it, and the next immutable fleet made of what has changed. Confined to
 * {@code lb-cache}.
 *
 * <p>A pod serves what its source says, what adapters name it, and what its own engine reports; whichever of the three
 * is told first. It is told apart by its UID: as long as that stays, its endpoints keep their slots and with them their
 * figures. Another pod that takes the name takes the adapters of that name over, but not what the engine before it
 * reported.
 */
public final class FleetLedger {

    private final SlotTable slots;
    private final ShardAssignment shards;
    private final String groupBy;
    private final Map<String, PodEntry> pods = new LinkedHashMap<>();
    private final Set<PodEntry> slotless = new LinkedHashSet<>();
    private final ModelCatalog catalog = new ModelCatalog();
    private final AdapterCatalog adapters = new AdapterCatalog();
    private final ModelViews models;
    private final EndpointChunks chunks = new EndpointChunks();

    private Fleet fleet = Fleet.EMPTY;
    private PublishedChange change = new PublishedChange(0, 0);

    /**
     * An empty ledger.
     *
     * @param slots where its endpoints get their slots
     * @param shards number of shards
     * @param groupBy label that names the group of a pod
     */
    public FleetLedger(SlotTable slots, int shards, String groupBy) {
        this.slots = slots;
        this.shards = new ShardAssignment(shards);
        this.groupBy = groupBy;
        this.models = new ModelViews(catalog, this.shards);
    }

    /** Takes note of a command. */
    public void apply(CacheCommand command) {
        switch (command) {
            case CacheCommand.PodsReplaced(String source, FleetSpec spec) -> replace(source, spec);
            case CacheCommand.PodUpserted(String source, PodSpec pod) -> upsert(source, pod);
            case CacheCommand.PodRemoved(String source, String namespace, String name, String uid) -> {
                PodEntry entry = find(new PodIdentity(namespace, name, uid));
                if (entry != null && entry.source.equals(source)) {
                    remove(entry);
                }
            }
            case CacheCommand.AdapterUpserted(String source, AdapterSpec adapter) ->
                    serveAgain(adapters.put(source, adapter));
            case CacheCommand.AdapterRemoved(String source, String namespace, String name) ->
                    serveAgain(adapters.remove(source, namespace, name));
            case CacheCommand.ModelsReported(PodIdentity pod, int port, Set<String> reported) -> {
                PodEntry entry = find(pod);
                if (entry != null && entry.report(port, reported)) {
                    serve(entry);
                }
            }
        }
    }

    /**
     * Frees slots that nobody can mean any more, and gives them to endpoints that wait for one.
     *
     * @return how many slots were freed
     */
    public int sweep() {
        int freed = slots.sweep();
        if (freed > 0 && !slotless.isEmpty()) {
            List.copyOf(slotless).forEach(this::show);
        }
        return freed;
    }

    /** Whether the next fleet differs from the last. */
    public boolean touched() {
        return models.touched() || chunks.touched();
    }

    /** Pods that wait, with at least one endpoint, for a free slot. */
    public int slotless() {
        return slotless.size();
    }

    /** Whether slots are to be freed. */
    public boolean sweeping() {
        return slots.leaving() > 0;
    }

    /** What the last {@link #next} copied. */
    public PublishedChange change() {
        return change;
    }

    /** Makes the next fleet. Shares with the last all that did not change. */
    public Fleet next() {
        fleet = new Fleet(fleet.version() + 1, models.next(), chunks.next());
        change = new PublishedChange(chunks.copied(), models.made());
        return fleet;
    }

    // ---- pods

    private @Nullable PodEntry find(PodIdentity identity) {
        PodEntry entry = pods.get(identity.key());
        return entry != null && entry.spec.identity().equals(identity) ? entry : null;
    }

    private void replace(String source, FleetSpec spec) {
        models.touchWithAdapters(catalog.replace(source, spec.models()));
        Set<String> others = adapters.replace(source, spec.adapters());
        Set<String> told = new HashSet<>();
        spec.pods().forEach(pod -> told.add(pod.identity().key()));
        for (PodEntry entry : List.copyOf(pods.values())) {
            if (entry.source.equals(source) && !told.contains(entry.key())) {
                remove(entry);
            }
        }
        spec.pods().forEach(pod -> upsert(source, pod));
        serveAgain(others);
    }

    private void upsert(String source, PodSpec spec) {
        PodEntry entry = pods.get(spec.identity().key());
        if (entry != null && !entry.spec.identity().equals(spec.identity())) {
            remove(entry);
            entry = null;
        }
        if (entry == null) {
            entry = new PodEntry(source, spec);
            pods.put(entry.key(), entry);
            models.claim(entry, Set.of(), entry.claimed());
        } else {
            entry.source = source;
            if (entry.spec.equals(spec)) {
                return;
            }
            Set<String> claimed = entry.claimed();
            entry.become(spec);
            models.claim(entry, claimed, entry.claimed());
        }
        serve(entry);
        show(entry);
    }

    private void remove(PodEntry entry) {
        pods.remove(entry.key());
        slotless.remove(entry);
        entry.endpoints.forEach(this::leave);
        entry.endpoints.clear();
        models.claim(entry, entry.claimed(), Set.of());
        shards.change(entry.models, Set.of());
    }

    private void serveAgain(Set<String> keys) {
        for (String key : keys) {
            PodEntry entry = pods.get(key);
            if (entry != null) {
                serve(entry);
            }
        }
    }

    /** Brings what a pod serves, and on which ports, in line with all that is said of it. A port that stays, stays. */
    private void serve(PodEntry entry) {
        Map<Integer, Set<String>> byPort = entry.served(adapters.of(entry.key()));
        for (PodEntry.Endpoint endpoint : List.copyOf(entry.endpoints)) {
            if (!byPort.containsKey(endpoint.port)) {
                leave(endpoint);
                entry.endpoints.remove(endpoint);
            }
        }
        Set<String> all = entry.claimed();
        for (Map.Entry<Integer, Set<String>> each : byPort.entrySet()) {
            models.serve(endpoint(entry, each.getKey()), each.getValue());
            all = PodEntry.union(each.getValue(), all);
        }
        shards.change(entry.models, all);
        entry.models = all;
        entry.endpoints.forEach(this::describe);
    }

    /** Tells those who look from outside who is in the slot. */
    private void describe(PodEntry.Endpoint endpoint) {
        if (endpoint.view != null) {
            slots.describe(endpoint.view, endpoint.pod.spec.models(), endpoint.models);
        }
    }

    private static PodEntry.Endpoint endpoint(PodEntry entry, int port) {
        for (PodEntry.Endpoint endpoint : entry.endpoints) {
            if (endpoint.port == port) {
                return endpoint;
            }
        }
        PodEntry.Endpoint endpoint = new PodEntry.Endpoint(entry, port);
        entry.endpoints.add(endpoint);
        return endpoint;
    }

    /** Brings slots and views of a pod's endpoints in line with its spec. An endpoint that has a slot keeps it. */
    private void show(PodEntry entry) {
        boolean all = true;
        for (PodEntry.Endpoint endpoint : entry.endpoints) {
            if (endpoint.slot == SlotTable.NONE) {
                endpoint.slot = slots.take();
            }
            if (endpoint.slot == SlotTable.NONE) {
                all = false;
            } else {
                endpoint.view = view(entry.spec, endpoint.port, endpoint.slot);
                chunks.show(endpoint.slot, endpoint.view);
                describe(endpoint);
            }
            models.touch(endpoint.models);
        }
        if (all) {
            slotless.remove(entry);
        } else {
            slotless.add(entry);
        }
    }

    private Pod view(PodSpec spec, int port, int slot) {
        String group = spec.group() != null ? spec.group() : spec.labels().getOrDefault(groupBy, "");
        return Pod.of(spec.identity(), spec.host(), port, slot, slots.generation(slot), group, spec.engine(),
                spec.ready() && !spec.host().isEmpty(), spec.labels(), spec.annotations());
    }

    private void leave(PodEntry.Endpoint endpoint) {
        models.serve(endpoint, Set.of());
        if (endpoint.slot != SlotTable.NONE) {
            slots.leave(endpoint.slot, fleet.version() + 1);
            chunks.show(endpoint.slot, null);
        }
    }
}
