package dev.penstock.cache.snapshot;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Pod;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Endpoints by slot, and which of them the next fleet shows differently. Confined to {@code lb-cache}. */
final class EndpointChunks {

    private final Map<Integer, @Nullable Pod> touched = new HashMap<>();
    private @Nullable PodView[][] chunks = new PodView[0][];
    private int copied;

    /** The next fleet shows this in a slot; null for nobody. */
    void show(int slot, @Nullable Pod endpoint) {
        touched.put(slot, endpoint);
    }

    boolean touched() {
        return !touched.isEmpty();
    }

    /** How many chunks the last {@link #next} copied. */
    int copied() {
        return copied;
    }

    /** The chunks of the next fleet: shares with the last those in which nothing changed. */
    @Nullable PodView[][] next() {
        copied = 0;
        if (touched.isEmpty()) {
            return chunks;
        }
        int highest = touched.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
        int before = chunks.length;
        @Nullable PodView[][] next = Arrays.copyOf(chunks, Math.max(before, highest / Fleet.CHUNK + 1));
        for (int i = before; i < next.length; i++) {
            next[i] = new PodView[Fleet.CHUNK];
        }
        BitSet done = new BitSet();
        touched.forEach((slot, view) -> {
            int chunk = slot / Fleet.CHUNK;
            if (!done.get(chunk)) {
                done.set(chunk);
                next[chunk] = next[chunk].clone();
            }
            next[chunk][slot % Fleet.CHUNK] = view;
        });
        touched.clear();
        chunks = next;
        copied = done.cardinality();
        return next;
    }
}
