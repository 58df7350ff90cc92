package dev.penstock.cache.figures;

import dev.penstock.core.port.Figures;
import dev.penstock.core.port.Health;
import dev.penstock.spi.Gauge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a running process, seen from another one through its figures file, at no cost to it. Confined to its
 * caller.
 *
 * <p>Times are by the clock of that process, which is the monotonic clock of the machine: there are memory file systems
 * on Linux only, and all its processes share that clock.
 */
public final class FiguresFile implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;
    private final UnsafeBuffer header;
    private final List<Chunk> chunks = new ArrayList<>();

    private record Chunk(UnsafeBuffer columns, EndpointNames names) {}

    private FiguresFile(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        if (channel.size() < FileHeader.BYTES) {
            throw new IOException(file + " is no figures file");
        }
        header = new UnsafeBuffer(channel.map(FileChannel.MapMode.READ_ONLY, 0, FileHeader.BYTES));
        if (header.getLongVolatile(FileHeader.MAGIC_AT) != FileHeader.MAGIC) {
            throw new IOException(file + " is no figures file");
        }
        int version = header.getInt(FileHeader.VERSION_AT);
        if (version != ColumnLayout.VERSION || header.getInt(FileHeader.GAUGES_AT) != ColumnLayout.gauges()
                || header.getInt(FileHeader.CHUNK_SLOTS_AT) != ColumnLayout.CHUNK
                || header.getInt(FileHeader.COLUMNS_BYTES_AT) != ColumnLayout.CHUNK_BYTES
                || header.getInt(FileHeader.NAMES_BYTES_AT) != FileHeader.NAMES_BYTES) {
            throw new IOException(file + " is of another version of Penstock: layout " + version + ", not "
                    + ColumnLayout.VERSION);
        }
    }

    /**
     * Opens a figures file.
     *
     * @throws IOException where it cannot be read, or is none of this version
     */
    public static FiguresFile open(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(file + " does not exist");
        }
        try {
            return new FiguresFile(file, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** Id of the process that the figures are of, as that process knows it. */
    public long pid() {
        return header.getLong(FileHeader.PID_AT);
    }

    /** When the process began. */
    public long startedNanos() {
        return header.getLong(FileHeader.STARTED_AT);
    }

    /** Age from which the process takes a gauge for missing, in nanoseconds. */
    public long maxAgeNanos() {
        return header.getLong(FileHeader.MAX_AGE_AT);
    }

    /** Whether the process still runs; it holds a lock of the file as long as it does. */
    public boolean alive() throws IOException {
        return locked(channel);
    }

    static boolean locked(FileChannel channel) throws IOException {
        try (FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            // It is this process.
            return true;
        }
    }

    /** Slots that there may be at most. */
    public int capacity() {
        return header.getInt(FileHeader.SLOTS_AT);
    }

    /** Slots that have been used so far are below this number. */
    public int slots() {
        return header.getIntVolatile(FileHeader.CHUNKS_AT) * ColumnLayout.CHUNK;
    }

    /** Generation of a slot; 0 where it was never used. */
    public int generation(int slot) {
        return (int) (columns(slot).getLongVolatile(ColumnLayout.inFlightLocal(slot)) >>> Integer.SIZE);
    }

    /**
     * Who is in a slot.
     *
     * @param generation the generation that is meant
     * @return null where nobody of that generation is
     */
    public @Nullable EndpointName name(int slot, int generation) {
        return chunk(slot).names.read(ColumnLayout.within(slot), generation);
    }

    /** Requests in flight in a slot, from the process itself. */
    public int inFlightLocal(int slot) {
        return (int) columns(slot).getLongVolatile(ColumnLayout.inFlightLocal(slot));
    }

    /** Requests in flight in a slot, from replicas of the process. */
    public int inFlightRemote(int slot) {
        return columns(slot).getIntVolatile(ColumnLayout.inFlightRemote(slot));
    }

    /** Prompt tokens that wait in a slot. */
    public long pendingTokens(int slot) {
        return columns(slot).getLongVolatile(ColumnLayout.pendingTokens(slot));
    }

    /** Requests that were sent to the endpoint in a slot, ever. */
    public long begun(int slot) {
        return columns(slot).getLongVolatile(ColumnLayout.begun(slot));
    }

    /** Load that the process itself has in flight in a slot: 1 is all that the endpoint carries; 0 if not known. */
    public double pendingLoad(int slot) {
        return (double) columns(slot).getLongVolatile(ColumnLayout.pendingLoad(slot)) / Figures.LOAD_UNIT;
    }

    /** Load that replicas of the process have in flight in a slot. */
    public double pendingLoadRemote(int slot) {
        return (double) columns(slot).getLongVolatile(ColumnLayout.pendingLoadRemote(slot)) / Figures.LOAD_UNIT;
    }

    /** Requests of the process that were answered to their end in a slot. */
    public long completed(int slot) {
        return columns(slot).getLongVolatile(ColumnLayout.completed(slot));
    }

    /** The same a second, over the last minute; NaN where it is not known yet. */
    public double completionRate(int slot) {
        return Double.longBitsToDouble(columns(slot).getLongVolatile(ColumnLayout.completionRate(slot)));
    }

    /** What the engine in a slot reported last, however old; NaN where it never did. */
    public double gauge(int slot, Gauge gauge) {
        return Double.longBitsToDouble(columns(slot).getLongVolatile(ColumnLayout.gaugeValue(slot, gauge)));
    }

    /** How long ago the engine in a slot reported a figure, in nanoseconds; NaN where it never did. */
    public double gaugeAgeNanos(int slot, Gauge gauge, long nowNanos) {
        long time = columns(slot).getLongVolatile(ColumnLayout.gaugeTime(slot, gauge));
        return time == Long.MIN_VALUE ? Double.NaN : nowNanos - time;
    }

    /** What becomes of requests for the endpoint in a slot. */
    public Health.State health(int slot) {
        return HealthColumns.state(columns(slot).getLongVolatile(ColumnLayout.healthState(slot)));
    }

    /** Since when that is so; 0 where it was never otherwise. */
    public long healthSinceNanos(int slot) {
        return columns(slot).getLongVolatile(ColumnLayout.healthSince(slot));
    }

    /** Whether the endpoint in a slot can take requests, by its source. */
    public boolean ready(int slot) {
        return LifeColumns.ready(columns(slot).getLongVolatile(ColumnLayout.lifeState(slot)));
    }

    /** Whether the endpoint in a slot has left the fleet. */
    public boolean leaving(int slot) {
        return LifeColumns.leaving(columns(slot).getLongVolatile(ColumnLayout.lifeState(slot)));
    }

    /** When the endpoint in a slot came. */
    public long joinedNanos(int slot) {
        return columns(slot).getLongVolatile(ColumnLayout.lifeJoined(slot));
    }

    /** When the endpoint in a slot became ready, or not, or left. */
    public long changedNanos(int slot) {
        return columns(slot).getLongVolatile(ColumnLayout.lifeChanged(slot));
    }

    private UnsafeBuffer columns(int slot) {
        return chunk(slot).columns;
    }

    private Chunk chunk(int slot) {
        int index = ColumnLayout.chunk(slot);
        while (chunks.size() <= index) {
            chunks.add(map(chunks.size()));
        }
        return chunks.get(index);
    }

    private Chunk map(int index) {
        try {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, FileHeader.chunkAt(index),
                    FileHeader.STRIDE);
            return new Chunk(new UnsafeBuffer(mapped, 0, ColumnLayout.CHUNK_BYTES),
                    new EndpointNames(new UnsafeBuffer(mapped, ColumnLayout.CHUNK_BYTES, FileHeader.NAMES_BYTES)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
