package dev.penstock.cache.figures;

import dev.penstock.core.port.Figures;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.spi.PodView;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What requests take of each endpoint, and how many it has completed. Any thread counts and reads; {@link #showRate} is
 * for {@code lb-cache}.
 *
 * <p>Counts are made while the request is counted in flight, and that holds the generation of the slot: none of them
 * ever meets the next endpoint.
 */
public final class LoadColumns {

    private final UnsafeBuffer[] chunks;
    private final GpuProfiles profiles;

    LoadColumns(UnsafeBuffer[] chunks, GpuProfiles profiles) {
        this.chunks = chunks;
        this.profiles = profiles;
    }

    /** Clears a slot. By {@code lb-cache}, before the endpoint is shown. */
    void prepare(int slot) {
        UnsafeBuffer chunk = chunk(slot);
        chunk.putLongVolatile(ColumnLayout.pendingLoad(slot), 0);
        chunk.putLongVolatile(ColumnLayout.pendingLoadRemote(slot), 0);
        chunk.putLongVolatile(ColumnLayout.completed(slot), 0);
        chunk.putLongVolatile(ColumnLayout.completionRate(slot), Double.doubleToRawLongBits(Double.NaN));
    }

    // ---- counting, of an endpoint that is known to be current

    void addPending(int slot, long delta) {
        chunk(slot).getAndAddLong(ColumnLayout.pendingLoad(slot), delta);
    }

    void addCompleted(int slot) {
        chunk(slot).getAndAddLong(ColumnLayout.completed(slot), 1);
    }

    void setPendingRemote(int slot, long load) {
        chunk(slot).putLongVolatile(ColumnLayout.pendingLoadRemote(slot), load);
    }

    // ---- reading

    /** The load in flight, of this process and of its replicas; NaN where no profile tells of its group. */
    double pendingLoad(PodView endpoint) {
        return profiles.tellLoadOf(endpoint.group())
                ? (double) (pendingLocal(endpoint) + pendingRemote(endpoint)) / Figures.LOAD_UNIT
                : Double.NaN;
    }

    /** The load that this process has in flight, in {@link Figures#LOAD_UNIT}. */
    public long pendingLocal(PodView endpoint) {
        int slot = endpoint.slot();
        return chunk(slot).getLongVolatile(ColumnLayout.pendingLoad(slot));
    }

    /** The load that replicas of this process have in flight, as they last told, in {@link Figures#LOAD_UNIT}. */
    public long pendingRemote(PodView endpoint) {
        int slot = endpoint.slot();
        return chunk(slot).getLongVolatile(ColumnLayout.pendingLoadRemote(slot));
    }

    /** Requests that the endpoint has answered to their end, from this process. */
    public long completed(PodView endpoint) {
        int slot = endpoint.slot();
        return chunk(slot).getLongVolatile(ColumnLayout.completed(slot));
    }

    double completionRate(PodView endpoint) {
        int slot = endpoint.slot();
        return Double.longBitsToDouble(chunk(slot).getLongVolatile(ColumnLayout.completionRate(slot)));
    }

    /** Shows how many requests a second an endpoint completes. By {@code lb-cache}, of an endpoint of the fleet. */
    void showRate(PodView endpoint, double perSecond) {
        int slot = endpoint.slot();
        chunk(slot).putLongVolatile(ColumnLayout.completionRate(slot), Double.doubleToRawLongBits(perSecond));
    }

    private UnsafeBuffer chunk(int slot) {
        return chunks[ColumnLayout.chunk(slot)];
    }
}
