package dev.penstock.cache.figures;

import dev.penstock.core.port.Figures;
import dev.penstock.core.port.Health;
import dev.penstock.spi.Gauge;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The figures of a running process, seen from another one through its figures file, at no cost to it. Immutable but for
 * the figures themselves; any thread.
 */
public final class FiguresFile {

    private final UnsafeBuffer header;
    private final UnsafeBuffer columns;

    private FiguresFile(MappedByteBuffer mapped) {
        header = new UnsafeBuffer(mapped, 0, FileHeader.BYTES);
        columns = new UnsafeBuffer(mapped, FileHeader.BYTES, mapped.capacity() - FileHeader.BYTES);
    }

    /**
     * Opens a figures file.
     *
     * @throws IOException where it cannot be read, or is none of this version
     */
    public static FiguresFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < FileHeader.BYTES) {
                throw new IOException(file + " is no figures file");
            }
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            UnsafeBuffer header = new UnsafeBuffer(mapped, 0, FileHeader.BYTES);
            if (header.getLongVolatile(FileHeader.MAGIC_AT) != FileHeader.MAGIC) {
                throw new IOException(file + " is no figures file");
            }
            int version = header.getInt(FileHeader.VERSION_AT);
            long expected = FileHeader.BYTES + (long) ColumnLayout.chunks(header.getInt(FileHeader.SLOTS_AT))
                    * ColumnLayout.CHUNK_BYTES;
            if (version != ColumnLayout.VERSION || header.getInt(FileHeader.GAUGES_AT) != ColumnLayout.gauges()
                    || header.getInt(FileHeader.CHUNK_SLOTS_AT) != ColumnLayout.CHUNK || channel.size() != expected) {
                throw new IOException(file + " is of another version: " + version);
            }
            return new FiguresFile(mapped);
        }
    }

    /** Id of the process that the figures are of. */
    public long pid() {
        return header.getLong(FileHeader.PID_AT);
    }

    /** Slots that there is room for. */
    public int slots() {
        return header.getInt(FileHeader.SLOTS_AT);
    }

    /** Generation of a slot; 0 where it was never used. */
    public int generation(int slot) {
        return (int) (columns.getLongVolatile(at(slot) + ColumnLayout.inFlightLocal(slot)) >>> Integer.SIZE);
    }

    /** Requests in flight in a slot, from the process itself. */
    public int inFlightLocal(int slot) {
        return (int) columns.getLongVolatile(at(slot) + ColumnLayout.inFlightLocal(slot));
    }

    /** Requests in flight in a slot, from replicas of the process. */
    public int inFlightRemote(int slot) {
        return columns.getIntVolatile(at(slot) + ColumnLayout.inFlightRemote(slot));
    }

    /** Prompt tokens that wait in a slot. */
    public long pendingTokens(int slot) {
        return columns.getLongVolatile(at(slot) + ColumnLayout.pendingTokens(slot));
    }

    /** Load that the process itself has in flight in a slot: 1 is all that the endpoint carries; 0 if not known. */
    public double pendingLoad(int slot) {
        return (double) columns.getLongVolatile(at(slot) + ColumnLayout.pendingLoad(slot)) / Figures.LOAD_UNIT;
    }

    /** Load that replicas of the process have in flight in a slot. */
    public double pendingLoadRemote(int slot) {
        return (double) columns.getLongVolatile(at(slot) + ColumnLayout.pendingLoadRemote(slot)) / Figures.LOAD_UNIT;
    }

    /** Requests of the process that were answered to their end in a slot. */
    public long completed(int slot) {
        return columns.getLongVolatile(at(slot) + ColumnLayout.completed(slot));
    }

    /** The same a second, over the last minute; NaN where it is not known yet. */
    public double completionRate(int slot) {
        return Double.longBitsToDouble(columns.getLongVolatile(at(slot) + ColumnLayout.completionRate(slot)));
    }

    /** What the engine in a slot reported last, however old; NaN where it never did. */
    public double gauge(int slot, Gauge gauge) {
        return Double.longBitsToDouble(columns.getLongVolatile(at(slot) + ColumnLayout.gaugeValue(slot, gauge)));
    }

    /** What becomes of requests for the endpoint in a slot. */
    public Health.State health(int slot) {
        return HealthColumns.state(columns.getLongVolatile(at(slot) + ColumnLayout.healthState(slot)));
    }

    private static int at(int slot) {
        return ColumnLayout.chunk(slot) * ColumnLayout.CHUNK_BYTES;
    }
}
