package dev.penstock.cache.snapshot;

import dev.penstock.cache.figures.SlotColumns;
import dev.penstock.spi.PodView;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Who holds which slot. Confined to {@code lb-cache}, but for {@link #acknowledge}.
 *
 * <p>A slot that an endpoint has left is used again only when every shard has acknowledged a fleet without the endpoint
 * and nothing is in flight there. The lowest free slot is taken first, so that the columns stay dense.
 */
public final class SlotTable {

    /** No slot was free. */
    static final int NONE = -1;

    private record Left(int slot, int generation, long version) {}

    private final int capacity;
    private final SlotColumns columns;
    private final AtomicLongArray acknowledged;
    private final BitSet taken = new BitSet();
    private final ArrayDeque<Left> left = new ArrayDeque<>();
    private int[] generations = new int[64];

    /**
     * A table in which all slots are free.
     *
     * @param capacity most slots
     * @param shards number of shards
     * @param columns what is kept for each slot
     */
    public SlotTable(int capacity, int shards, SlotColumns columns) {
        this.capacity = capacity;
        this.columns = columns;
        this.acknowledged = new AtomicLongArray(shards);
    }

    /** A shard will not choose by an earlier fleet any more. Any thread. */
    public void acknowledge(int shard, long version) {
        acknowledged.accumulateAndGet(shard, version, Math::max);
    }

    /** Takes a slot and initializes its columns; {@link #NONE} where all are taken. */
    int take() {
        int slot = taken.nextClearBit(0);
        if (slot >= capacity) {
            return NONE;
        }
        taken.set(slot);
        if (slot >= generations.length) {
            generations = Arrays.copyOf(generations, generations.length * 2);
        }
        columns.prepare(slot, ++generations[slot]);
        return slot;
    }

    /**
     * Says who has taken a slot, or what has changed of it since.
     *
     * @param own names of the pod's own models
     * @param models names of all models that the endpoint serves
     */
    void describe(PodView endpoint, Set<String> own, Set<String> models) {
        columns.describe(endpoint, own, models);
    }

    /** The generation of the endpoint that holds, or held last, a slot. */
    int generation(int slot) {
        return generations[slot];
    }

    /**
     * An endpoint leaves its slot.
     *
     * @param version the first fleet without it
     */
    void leave(int slot, long version) {
        columns.leave(slot, generations[slot]);
        left.add(new Left(slot, generations[slot], version));
    }

    /**
     * Frees the slots that nobody can mean any more.
     *
     * @return how many
     */
    int sweep() {
        if (left.isEmpty()) {
            return 0;
        }
        long seenByAll = Long.MAX_VALUE;
        for (int shard = 0; shard < acknowledged.length(); shard++) {
            seenByAll = Math.min(seenByAll, acknowledged.get(shard));
        }
        int freed = 0;
        for (int i = left.size(); i > 0; i--) {
            Left each = left.remove();
            // In this order: after the last acknowledgement no shard counts up any more.
            if (each.version() <= seenByAll && columns.retire(each.slot(), each.generation())) {
                taken.clear(each.slot());
                freed++;
            } else {
                left.add(each);
            }
        }
        return freed;
    }

    /** Slots that are held or not yet free again. */
    int taken() {
        return taken.cardinality();
    }

    /** Slots that an endpoint has left and that are not yet free again. */
    int leaving() {
        return left.size();
    }
}
