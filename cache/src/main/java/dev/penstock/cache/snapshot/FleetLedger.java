package dev.penstock.cache.snapshot;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.Pod;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fleet as its sources tell it, and the next immutable fleet made of what has changed. Confined to
 * {@code lb-cache}.
 */
public final class FleetLedger {

    private final SlotTable slots;
    private final ShardAssignment shards;
    private final String groupBy;
    private final Map<String, PodEntry> pods = new LinkedHashMap<>();
    private final Map<String, Set<PodEntry>> podsByModel = new HashMap<>();
    private final ModelCatalog catalog = new ModelCatalog();
    private final Set<PodEntry> slotless = new LinkedHashSet<>();

    private final Set<String> touchedModels = new HashSet<>();
    private final Map<Integer, @Nullable Pod> touchedSlots = new HashMap<>();
    private boolean membershipChanged;
    private Map<String, Integer> shardByModel = Map.of();

    private Fleet fleet = Fleet.EMPTY;
    private SortedMap<String, ModelView> models = new TreeMap<>();
    private @Nullable PodView[][] chunks = new PodView[0][];
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
    }

    /** Takes note of a command. */
    public void apply(CacheCommand command) {
        switch (command) {
            case CacheCommand.PodsReplaced(String source, FleetSpec spec) -> replace(source, spec);
            case CacheCommand.PodUpserted(String source, PodSpec pod) -> upsert(source, pod);
            case CacheCommand.PodRemoved(String source, String namespace, String name, String uid) -> {
                PodEntry entry = pods.get(namespace + "/" + name);
                if (entry != null && entry.source.equals(source) && entry.spec.identity().uid().equals(uid)) {
                    remove(entry);
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
            for (PodEntry entry : List.copyOf(slotless)) {
                settle(entry);
                touchModels(entry.spec.models());
            }
        }
        return freed;
    }

    /** Whether the next fleet differs from the last. */
    public boolean touched() {
        return !touchedModels.isEmpty() || !touchedSlots.isEmpty();
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
        int copiedChunks = copyChunks();
        int copiedModels = copyModels();
        change = new PublishedChange(copiedChunks, copiedModels);
        fleet = new Fleet(fleet.version() + 1, models, chunks);
        touchedModels.clear();
        touchedSlots.clear();
        membershipChanged = false;
        return fleet;
    }

    // ---- pods

    private void replace(String source, FleetSpec spec) {
        touchedModels.addAll(catalog.replace(source, spec.models()));
        Set<String> told = new HashSet<>();
        spec.pods().forEach(pod -> told.add(pod.identity().key()));
        for (PodEntry entry : List.copyOf(pods.values())) {
            if (entry.source.equals(source) && !told.contains(entry.spec.identity().key())) {
                remove(entry);
            }
        }
        spec.pods().forEach(pod -> upsert(source, pod));
    }

    private void upsert(String source, PodSpec spec) {
        String key = spec.identity().key();
        PodEntry entry = pods.get(key);
        if (entry != null && !entry.spec.identity().equals(spec.identity())) {
            remove(entry);
            entry = null;
        }
        if (entry == null) {
            entry = new PodEntry(source, spec);
            pods.put(key, entry);
            index(entry, spec.models());
        } else {
            entry.source = source;
            if (entry.spec.equals(spec)) {
                return;
            }
            Set<String> before = entry.spec.models();
            entry.spec = spec;
            if (!before.equals(spec.models())) {
                unindex(entry, before);
                index(entry, spec.models());
            }
        }
        settle(entry);
        touchModels(spec.models());
    }

    private void remove(PodEntry entry) {
        pods.remove(entry.spec.identity().key());
        slotless.remove(entry);
        entry.endpoints.forEach(this::leave);
        entry.endpoints.clear();
        unindex(entry, entry.spec.models());
    }

    /** Brings endpoints, slots and views of a pod in line with its spec. An endpoint that stays keeps its slot. */
    private void settle(PodEntry entry) {
        PodSpec spec = entry.spec;
        for (PodEntry.Endpoint endpoint : List.copyOf(entry.endpoints)) {
            if (!spec.ports().contains(endpoint.port)) {
                leave(endpoint);
                entry.endpoints.remove(endpoint);
            }
        }
        boolean all = true;
        for (int port : spec.ports()) {
            PodEntry.Endpoint endpoint = endpoint(entry, port);
            if (endpoint.slot == SlotTable.NONE) {
                endpoint.slot = slots.take();
            }
            if (endpoint.slot == SlotTable.NONE) {
                all = false;
            } else {
                endpoint.view = view(spec, port, endpoint.slot);
                slots.describe(endpoint.view, spec.models());
                touchedSlots.put(endpoint.slot, endpoint.view);
            }
        }
        if (all) {
            slotless.remove(entry);
        } else {
            slotless.add(entry);
        }
    }

    private PodEntry.Endpoint endpoint(PodEntry entry, int port) {
        for (PodEntry.Endpoint endpoint : entry.endpoints) {
            if (endpoint.port == port) {
                return endpoint;
            }
        }
        PodEntry.Endpoint endpoint = new PodEntry.Endpoint(port);
        entry.endpoints.add(endpoint);
        return endpoint;
    }

    private Pod view(PodSpec spec, int port, int slot) {
        String group = spec.group() != null ? spec.group() : spec.labels().getOrDefault(groupBy, "");
        return Pod.of(spec.identity(), spec.host(), port, slot, slots.generation(slot), group, spec.engine(),
                spec.ready() && !spec.host().isEmpty(), spec.labels(), spec.annotations());
    }

    private void leave(PodEntry.Endpoint endpoint) {
        if (endpoint.slot != SlotTable.NONE) {
            slots.leave(endpoint.slot, fleet.version() + 1);
            touchedSlots.put(endpoint.slot, null);
        }
    }

    private void index(PodEntry entry, Set<String> served) {
        served.forEach(model -> podsByModel.computeIfAbsent(model, name -> new LinkedHashSet<>()).add(entry));
        touchModels(served);
        membershipChanged = true;
    }

    private void unindex(PodEntry entry, Set<String> served) {
        for (String model : served) {
            Set<PodEntry> serving = Objects.requireNonNull(podsByModel.get(model));
            serving.remove(entry);
            if (serving.isEmpty()) {
                podsByModel.remove(model);
            }
        }
        touchModels(served);
        membershipChanged = true;
    }

    private void touchModels(Set<String> names) {
        for (String name : names) {
            touchedModels.add(name);
            touchedModels.addAll(catalog.aliases(name));
        }
    }

    // ---- the next fleet

    private int copyChunks() {
        if (touchedSlots.isEmpty()) {
            return 0;
        }
        int highest = touchedSlots.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        int before = chunks.length;
        @Nullable PodView[][] next = Arrays.copyOf(chunks, Math.max(before, highest / Fleet.CHUNK + 1));
        for (int i = before; i < next.length; i++) {
            next[i] = new PodView[Fleet.CHUNK];
        }
        BitSet copied = new BitSet();
        touchedSlots.forEach((slot, view) -> {
            int chunk = slot / Fleet.CHUNK;
            if (!copied.get(chunk)) {
                copied.set(chunk);
                next[chunk] = next[chunk].clone();
            }
            next[chunk][slot % Fleet.CHUNK] = view;
        });
        chunks = next;
        return copied.cardinality();
    }

    private int copyModels() {
        if (membershipChanged) {
            reassign();
        }
        if (touchedModels.isEmpty()) {
            return 0;
        }
        SortedMap<String, ModelView> next = new TreeMap<>(models);
        Set<String> affected = new HashSet<>();
        for (String name : touchedModels) {
            next.remove(name);
            String target = podsByModel.containsKey(name) ? null : catalog.target(name);
            affected.add(target == null ? name : target);
        }
        int copied = 0;
        for (String name : affected) {
            copied += rebuild(name, next);
        }
        models = next;
        return copied;
    }

    private void reassign() {
        Map<String, Integer> before = shardByModel;
        shardByModel = shards.assign(new TreeSet<>(podsByModel.keySet()),
                pods.values().stream().map(entry -> entry.spec.models()).toList());
        shardByModel.forEach((name, shard) -> {
            if (!shard.equals(before.get(name))) {
                touchModels(Set.of(name));
            }
        });
    }

    /** Puts a model and its aliases into the next fleet, if pods serve it. */
    private int rebuild(String name, SortedMap<String, ModelView> next) {
        Set<PodEntry> serving = podsByModel.get(name);
        if (serving == null) {
            return 0;
        }
        List<PodView> views = new ArrayList<>(serving.size());
        for (PodEntry entry : serving) {
            for (PodEntry.Endpoint endpoint : entry.endpoints) {
                if (endpoint.view != null) {
                    views.add(endpoint.view);
                }
            }
        }
        EndpointList endpoints = EndpointList.of(views);
        Candidates ready = EndpointList.filter(endpoints, PodView::ready);
        int shard = Objects.requireNonNull(shardByModel.get(name));
        ModelSpec spec = catalog.model(name);
        String strategy = spec == null ? null : spec.strategy();
        String locked = spec == null ? null : spec.lockedStrategy();
        next.put(name, new Model(name, name, endpoints, ready, shard, locked, strategy));
        int made = 1;
        for (String alias : catalog.aliases(name)) {
            if (name.equals(catalog.target(alias)) && !podsByModel.containsKey(alias)) {
                next.put(alias, new Model(alias, name, endpoints, ready, shard, locked, strategy));
                made++;
            }
        }
        return made;
    }
}
