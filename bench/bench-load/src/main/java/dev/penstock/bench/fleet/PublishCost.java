package dev.penstock.bench.fleet;

import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Measures publications of one change each. Confined to its caller. */
final class PublishCost {

    private static final String SOURCE = "bench";

    /**
     * What publications of one kind of change took.
     *
     * @param change what changed
     * @param medianBytes bytes that the writer's thread allocated, its garbage included; half of them took no more
     * @param mostBytes the most that one took
     * @param medianNanos time of the duty cycle; half of them took no longer
     */
    record Row(String change, long medianBytes, long mostBytes, long medianNanos) {}

    private final FleetShape shape;
    private final HandDrivenWriter writer;
    private final int changes;
    private final Random random = new Random(7);
    private final int[] lives;
    private volatile @Nullable Fleet copied;

    PublishCost(FleetShape shape, HandDrivenWriter writer, int changes) {
        this.shape = shape;
        this.writer = writer;
        this.changes = changes;
        this.lives = new int[shape.pods()];
    }

    /** Measures all kinds of changes, of a fleet that is published. */
    List<Row> measure() {
        List<Row> rows = new ArrayList<>();
        rows.add(row("a pod becomes ready, or not", i -> {
            int pod = random.nextInt(shape.pods());
            PodView now = writer.fleet().endpoint(pod);
            upsert(pod, now == null || !now.ready());
        }));
        rows.add(row("a pod is replaced by another one", i -> {
            int pod = random.nextInt(shape.pods());
            lives[pod]++;
            upsert(pod, true);
        }));
        if (shape.adaptersCanMove()) {
            // Each one in its turn, and one pod further at each turn.
            rows.add(row("an adapter moves to other pods", i ->
                    adapter(shape.adapter(i % shape.adapters(), 1 + i / shape.adapters()))));
        }
        rows.add(row("an adapter of a new name is loaded", i -> {
            AdapterSpec known = shape.adapter(i, 0);
            adapter(new AdapterSpec(known.namespace(), "new-" + i, known.podNames()));
        }));
        rows.add(yardstick());
        return rows;
    }

    private void upsert(int pod, boolean ready) {
        writer.offer(new CacheCommand.PodUpserted(SOURCE, shape.pod(pod, lives[pod], ready)));
    }

    private void adapter(AdapterSpec adapter) {
        writer.offer(new CacheCommand.AdapterUpserted(SOURCE, adapter));
    }

    private Row row(String change, IntConsumer tell) {
        long[] bytes = new long[changes];
        long[] nanos = new long[changes];
        for (int i = 0; i < changes; i++) {
            long version = writer.fleet().version();
            tell.accept(i);
            HandDrivenWriter.Cost cost = writer.measure();
            if (writer.fleet().version() != version + 1) {
                throw new IllegalStateException(change + ": nothing was published");
            }
            bytes[i] = cost.bytes();
            nanos[i] = cost.nanos();
        }
        return row(change, bytes, nanos);
    }

    private static Row row(String change, long[] bytes, long[] nanos) {
        Arrays.sort(bytes);
        Arrays.sort(nanos);
        return new Row(change, bytes[bytes.length / 2], bytes[bytes.length - 1], nanos[nanos.length / 2]);
    }

    /** The same fleet with everything copied: each list of endpoints, each model, the index, all chunks. */
    private Row yardstick() {
        int times = Math.clamp(changes / 10, 1, 50);
        long[] bytes = new long[times];
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            HandDrivenWriter.Cost cost = HandDrivenWriter.cost(() -> copied = copy(writer.fleet()));
            bytes[i] = cost.bytes();
            nanos[i] = cost.nanos();
        }
        return row("yardstick: everything is copied", bytes, nanos);
    }

    private static Fleet copy(Fleet fleet) {
        List<Model> models = new ArrayList<>(fleet.modelCount());
        for (Model model : fleet.models()) {
            List<PodView> endpoints = new ArrayList<>(model.endpoints().size());
            for (int i = 0; i < model.endpoints().size(); i++) {
                endpoints.add(model.endpoints().get(i));
            }
            EndpointList all = EndpointList.of(endpoints);
            Candidates ready = EndpointList.filter(all, PodView::ready);
            models.add(new Model(model.name(), model.baseModel(), all, ready, model.shard(), model.lockedStrategy(),
                    model.strategy()));
        }
        @Nullable PodView[][] chunks = new PodView[fleet.slots() / Fleet.CHUNK][Fleet.CHUNK];
        for (int slot = 0; slot < fleet.slots(); slot++) {
            chunks[slot / Fleet.CHUNK][slot % Fleet.CHUNK] = fleet.endpoint(slot);
        }
        return new Fleet(fleet.version() + 1, ModelIndex.of(models), chunks);
    }

    /** The last copy, so that none is made in vain. */
    @Nullable Fleet copied() {
        return copied;
    }
}
