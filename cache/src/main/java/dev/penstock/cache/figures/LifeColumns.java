package dev.penstock.cache.figures;

import dev.penstock.core.port.EndpointTimes;
import dev.penstock.spi.PodView;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Since when each endpoint is there, and since when it is ready or not. Written by {@code lb-cache} alone; any thread
 * reads. The word of a slot holds its generation in the upper half, what the endpoint is in the lower one.
 */
final class LifeColumns implements EndpointTimes {

    private static final int READY = 1;
    private static final int LEAVING = 2;

    private final UnsafeBuffer[] chunks;

    LifeColumns(UnsafeBuffer[] chunks) {
        this.chunks = chunks;
    }

    // ---- lb-cache

    /** A slot has an endpoint that nothing is known of. */
    void prepare(int slot, int generation, long nowNanos) {
        UnsafeBuffer chunk = chunk(slot);
        chunk.putLongVolatile(ColumnLayout.lifeJoined(slot), nowNanos);
        chunk.putLongVolatile(ColumnLayout.lifeChanged(slot), nowNanos);
        chunk.putLongVolatile(ColumnLayout.lifeState(slot), word(generation, 0));
    }

    /** The endpoint is, or is not, ready. */
    void ready(int slot, int generation, boolean ready, long nowNanos) {
        become(slot, word(generation, ready ? READY : 0), nowNanos);
    }

    /** The endpoint has left the fleet; requests may still run there. */
    void left(int slot, int generation, long nowNanos) {
        become(slot, word(generation, LEAVING), nowNanos);
    }

    private void become(int slot, long word, long nowNanos) {
        UnsafeBuffer chunk = chunk(slot);
        if (chunk.getLong(ColumnLayout.lifeState(slot)) != word) {
            chunk.putLongVolatile(ColumnLayout.lifeChanged(slot), nowNanos);
            chunk.putLongVolatile(ColumnLayout.lifeState(slot), word);
        }
    }

    // ---- any thread

    @Override
    public long joinedNanos(PodView endpoint) {
        return chunk(endpoint.slot()).getLongVolatile(ColumnLayout.lifeJoined(endpoint.slot()));
    }

    @Override
    public long changedNanos(PodView endpoint) {
        return chunk(endpoint.slot()).getLongVolatile(ColumnLayout.lifeChanged(endpoint.slot()));
    }

    static boolean ready(long state) {
        return (state & READY) != 0;
    }

    static boolean leaving(long state) {
        return (state & LEAVING) != 0;
    }

    private UnsafeBuffer chunk(int slot) {
        return chunks[ColumnLayout.chunk(slot)];
    }

    private static long word(int generation, int state) {
        return ((long) generation << Integer.SIZE) | state;
    }
}
