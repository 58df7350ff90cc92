package dev.penstock.cache.figures;

import dev.penstock.core.port.EndpointTimes;
import dev.penstock.core.port.Figures;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The live figures of all endpoints, off-heap, one dense column for each figure. Any thread reads and counts, without
 * a lock and without making an object; {@link SlotColumns} is for {@code lb-cache} alone.
 *
 * <p>The count of requests in flight shares its word with the generation of the slot. Ending a generation and counting
 * for it are therefore one compare-and-set each: a count that comes after the end, for example of a request that was
 * pinned to an endpoint which has just left, changes nothing, neither up nor down.
 */
public final class FigureColumns implements Figures, SlotColumns, AutoCloseable {

    /** A file below {@code /dev/shm} where that can be written, else none. */
    public static final String AUTO = "auto";
    /** No file. */
    public static final String NONE = "none";

    private static final Logger LOG = System.getLogger(FigureColumns.class.getName());
    private static final long NEVER = Long.MIN_VALUE;

    private final UnsafeBuffer[] chunks;
    /** Of each chunk; null where nobody else looks. Confined to {@code lb-cache}. */
    private final @Nullable EndpointNames[] names;
    private final ColumnMemory memory;
    private final NanoClock clock;
    private final long maxAgeNanos;
    private final HealthColumns health;
    private final LoadColumns loads;
    private final LifeColumns life;
    private final ModelGauges byModel;

    private FigureColumns(int maxEndpoints, ColumnMemory memory, NanoClock clock, long maxAgeNanos,
            GpuProfiles profiles) {
        this.chunks = new UnsafeBuffer[ColumnLayout.chunks(maxEndpoints)];
        this.names = new EndpointNames[chunks.length];
        this.memory = memory;
        this.clock = clock;
        this.maxAgeNanos = maxAgeNanos;
        // The first chunk is always there, so that reading an endpoint of an empty fleet finds zeros, not null.
        take(0);
        this.health = new HealthColumns(chunks);
        this.loads = new LoadColumns(chunks, profiles);
        this.life = new LifeColumns(chunks);
        this.byModel = new ModelGauges(chunks.length);
    }

    /**
     * Columns in memory of this process.
     *
     * @param maxEndpoints most slots
     * @param clock tells the age of gauges
     * @param maxAgeNanos age from which a gauge is missing
     * @param profiles tell of which endpoints there is a load
     */
    public static FigureColumns direct(int maxEndpoints, NanoClock clock, long maxAgeNanos, GpuProfiles profiles) {
        return new FigureColumns(maxEndpoints, ColumnMemory.DIRECT, clock, maxAgeNanos, profiles);
    }

    /**
     * Columns where a setting says.
     *
     * @param where a file, {@link #AUTO} or {@link #NONE}; empty is none, too
     * @param maxEndpoints most slots
     * @param clock tells the age of gauges
     * @param maxAgeNanos age from which a gauge is missing
     * @param profiles tell of which endpoints there is a load
     * @throws IOException where a file is named, and there is no room for it, or no memory file system
     */
    public static FigureColumns open(String where, int maxEndpoints, NanoClock clock, long maxAgeNanos,
            GpuProfiles profiles) throws IOException {
        if (where.isEmpty() || where.equals(NONE)) {
            return direct(maxEndpoints, clock, maxAgeNanos, profiles);
        } else if (!where.equals(AUTO)) {
            return mapped(Path.of(where), maxEndpoints, clock, maxAgeNanos, profiles);
        }
        FiguresFolder folder = FiguresFolder.SHARED_MEMORY;
        if (folder.usable()) {
            folder.sweep();
            try {
                return mapped(folder.free(), maxEndpoints, clock, maxAgeNanos, profiles);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "no figures file for penstock stat: " + e.getMessage());
            }
        }
        return direct(maxEndpoints, clock, maxAgeNanos, profiles);
    }

    /**
     * Columns in a file that {@link FiguresFile} reads from other processes.
     *
     * @param file the file, on a memory file system; removed by {@link #close}
     * @param maxEndpoints most slots
     * @param clock tells the age of gauges
     * @param maxAgeNanos age from which a gauge is missing
     * @param profiles tell of which endpoints there is a load
     * @throws IOException where there is no room for it, or no memory file system
     */
    public static FigureColumns mapped(Path file, int maxEndpoints, NanoClock clock, long maxAgeNanos,
            GpuProfiles profiles) throws IOException {
        return new FigureColumns(maxEndpoints, MappedMemory.create(file, maxEndpoints, maxAgeNanos,
                clock.nanoTime()), clock, maxAgeNanos, profiles);
    }

    // ---- the writer of the snapshots

    @Override
    public void prepare(int slot, int generation) {
        int index = ColumnLayout.chunk(slot);
        UnsafeBuffer chunk = chunks[index];
        if (chunk == null) {
            // Seen by readers through the publication of the snapshot that shows the first endpoint in it.
            chunk = take(index);
        }
        chunk.putLongVolatile(ColumnLayout.pendingTokens(slot), 0);
        chunk.putIntVolatile(ColumnLayout.inFlightRemote(slot), 0);
        chunk.putLongVolatile(ColumnLayout.begun(slot), 0);
        for (Gauge gauge : Gauge.values()) {
            clearGauge(chunk, slot, gauge);
        }
        health.prepare(slot, generation);
        loads.prepare(slot);
        life.prepare(slot, generation, clock.nanoTime());
        byModel.prepare(slot);
        chunk.putLongVolatile(ColumnLayout.inFlightLocal(slot), word(generation, 0));
    }

    private UnsafeBuffer take(int index) {
        ColumnMemory.Chunk chunk = memory.chunk(index);
        names[index] = chunk.names();
        chunks[index] = chunk.columns();
        return chunk.columns();
    }

    @Override
    public void describe(PodView endpoint, Set<String> own, Set<String> models) {
        int slot = endpoint.slot();
        life.ready(slot, endpoint.generation(), endpoint.ready(), clock.nanoTime());
        EndpointNames shown = names[ColumnLayout.chunk(slot)];
        if (shown != null) {
            shown.write(ColumnLayout.within(slot), endpoint.generation(), endpoint.namespace(), endpoint.name(),
                    endpoint.address(), endpoint.uid(), own, models);
        }
    }

    @Override
    public void leave(int slot, int generation) {
        life.left(slot, generation, clock.nanoTime());
    }

    @Override
    public boolean retire(int slot, int generation) {
        return chunks[ColumnLayout.chunk(slot)].compareAndSetLong(ColumnLayout.inFlightLocal(slot),
                word(generation, 0), word(generation + 1, 0));
    }

    // ---- counting

    @Override
    public void addInFlight(PodView endpoint, int delta) {
        int slot = endpoint.slot();
        UnsafeBuffer chunk = chunks[ColumnLayout.chunk(slot)];
        int offset = ColumnLayout.inFlightLocal(slot);
        long before;
        long after;
        do {
            before = chunk.getLongVolatile(offset);
            if (generation(before) != endpoint.generation()) {
                return;
            }
            int count = (int) before + delta;
            assert count >= 0 : "more requests ended than began: " + endpoint.address();
            after = word(endpoint.generation(), count);
        } while (!chunk.compareAndSetLong(offset, before, after));
        if (delta > 0) {
            chunk.getAndAddLong(ColumnLayout.begun(slot), delta);
        }
    }

    @Override
    public void addPendingTokens(PodView endpoint, long delta) {
        // Tokens wait only while the request is counted in flight, and that holds the generation.
        if (current(endpoint)) {
            int slot = endpoint.slot();
            chunks[ColumnLayout.chunk(slot)].getAndAddLong(ColumnLayout.pendingTokens(slot), delta);
        }
    }

    @Override
    public void addPendingLoad(PodView endpoint, long delta) {
        if (current(endpoint)) {
            loads.addPending(endpoint.slot(), delta);
        }
    }

    @Override
    public void completed(PodView endpoint) {
        if (current(endpoint)) {
            loads.addCompleted(endpoint.slot());
        }
    }

    /**
     * Takes what replicas of this process tell of an endpoint.
     *
     * @param load what their requests there take of it, all together, in {@link Figures#LOAD_UNIT}
     */
    public void reportPendingLoadRemote(PodView endpoint, long load) {
        if (!current(endpoint)) {
            return;
        }
        loads.setPendingRemote(endpoint.slot(), load);
        if (!current(endpoint)) {
            loads.setPendingRemote(endpoint.slot(), 0);
        }
    }

    /**
     * Takes what replicas of this process tell of an endpoint.
     *
     * @param count requests that they have in flight there, all together
     */
    public void reportInFlightRemote(PodView endpoint, int count) {
        if (!current(endpoint)) {
            return;
        }
        int slot = endpoint.slot();
        UnsafeBuffer chunk = chunks[ColumnLayout.chunk(slot)];
        chunk.putIntVolatile(ColumnLayout.inFlightRemote(slot), count);
        if (!current(endpoint)) {
            chunk.putIntVolatile(ColumnLayout.inFlightRemote(slot), 0);
        }
    }

    /**
     * Takes what an engine reports. A report for an endpoint that has left is dropped. Any thread, but one at a time
     * for one endpoint.
     *
     * @param value the figure; NaN where the engine does not report it any more
     * @param nowNanos when it was reported, by the clock of the columns
     */
    public void reportGauge(PodView endpoint, Gauge gauge, double value, long nowNanos) {
        if (!current(endpoint)) {
            return;
        }
        int slot = endpoint.slot();
        UnsafeBuffer chunk = chunks[ColumnLayout.chunk(slot)];
        chunk.putLongVolatile(ColumnLayout.gaugeValue(slot, gauge), Double.doubleToRawLongBits(value));
        chunk.putLongVolatile(ColumnLayout.gaugeTime(slot, gauge), nowNanos);
        if (!current(endpoint)) {
            // The slot changed hands in between: a missing figure of the next endpoint is better than a foreign one.
            clearGauge(chunk, slot, gauge);
        }
    }

    /**
     * Takes what an engine reports of one of its models. A report for an endpoint that has left is dropped, as is one
     * of more models than {@link ModelGauges#MOST_MODELS} for one endpoint. Any thread, but one at a time for one
     * endpoint.
     *
     * @param model name of the model, as the engine says it
     * @param value the figure; NaN where the engine does not report it any more
     * @param nowNanos when it was reported, by the clock of the columns
     */
    public void reportGauge(PodView endpoint, String model, Gauge gauge, double value, long nowNanos) {
        if (current(endpoint)) {
            // A report that comes after the end of the generation carries its number, and is shown to nobody.
            byModel.report(endpoint, model, gauge, value, nowNanos);
        }
    }

    // ---- reading

    // Most strategies ask this of every candidate: one look for the chunk serves both counts.
    @Override
    public int inFlight(PodView endpoint) {
        int slot = endpoint.slot();
        UnsafeBuffer chunk = chunks[ColumnLayout.chunk(slot)];
        long word = chunk.getLongVolatile(ColumnLayout.inFlightLocal(slot));
        int local = generation(word) == endpoint.generation() ? (int) word : 0;
        return local + chunk.getIntVolatile(ColumnLayout.inFlightRemote(slot));
    }

    @Override
    public int inFlightLocal(PodView endpoint) {
        int slot = endpoint.slot();
        long word = chunks[ColumnLayout.chunk(slot)].getLongVolatile(ColumnLayout.inFlightLocal(slot));
        return generation(word) == endpoint.generation() ? (int) word : 0;
    }

    @Override
    public int inFlightRemote(PodView endpoint) {
        int slot = endpoint.slot();
        return chunks[ColumnLayout.chunk(slot)].getIntVolatile(ColumnLayout.inFlightRemote(slot));
    }

    @Override
    public long pendingTokens(PodView endpoint) {
        int slot = endpoint.slot();
        return chunks[ColumnLayout.chunk(slot)].getLongVolatile(ColumnLayout.pendingTokens(slot));
    }

    @Override
    public double pendingLoad(PodView endpoint) {
        return loads.pendingLoad(endpoint);
    }

    @Override
    public double completionRate(PodView endpoint) {
        return loads.completionRate(endpoint);
    }

    @Override
    public double gauge(PodView endpoint, Gauge gauge) {
        double told = Double.NaN;
        // NaN compares as false.
        if (gaugeAgeNanos(endpoint, gauge) <= maxAgeNanos) {
            int slot = endpoint.slot();
            told = Double.longBitsToDouble(chunks[ColumnLayout.chunk(slot)]
                    .getLongVolatile(ColumnLayout.gaugeValue(slot, gauge)));
        }
        return gauge == Gauge.DRAIN_RATE && Double.isNaN(told) ? completionRate(endpoint) : told;
    }

    @Override
    public double gaugeAgeNanos(PodView endpoint, Gauge gauge) {
        int slot = endpoint.slot();
        long time = chunks[ColumnLayout.chunk(slot)].getLongVolatile(ColumnLayout.gaugeTime(slot, gauge));
        return time == NEVER ? Double.NaN : clock.nanoTime() - time;
    }

    @Override
    public double gauge(PodView endpoint, ModelView model, Gauge gauge) {
        ModelGauges.Rows rows = byModel.rows(endpoint);
        int cell = rows == null ? -1 : cell(rows, model, gauge);
        return rows == null || cell < 0 ? gauge(endpoint, gauge) : rows.value(cell, clock.nanoTime(), maxAgeNanos);
    }

    @Override
    public double gaugeAgeNanos(PodView endpoint, ModelView model, Gauge gauge) {
        ModelGauges.Rows rows = byModel.rows(endpoint);
        int cell = rows == null ? -1 : cell(rows, model, gauge);
        return rows == null || cell < 0 ? gaugeAgeNanos(endpoint, gauge) : clock.nanoTime() - rows.nanos(cell);
    }

    /** The cell of a model that holds something, its own before that of its base model, or -1. */
    private int cell(ModelGauges.Rows rows, ModelView model, Gauge gauge) {
        int own = rows.cell(model.name(), gauge);
        if (own >= 0 && !Double.isNaN(rows.value(own, clock.nanoTime(), maxAgeNanos))) {
            return own;
        }
        int base = rows.cell(model.baseModel(), gauge);
        return base >= 0 && !Double.isNaN(rows.value(base, clock.nanoTime(), maxAgeNanos)) ? base : -1;
    }

    /** Whether the slot of an endpoint is still, or already, its own. */
    public boolean current(PodView endpoint) {
        int slot = endpoint.slot();
        long word = chunks[ColumnLayout.chunk(slot)].getLongVolatile(ColumnLayout.inFlightLocal(slot));
        return generation(word) == endpoint.generation();
    }

    /** The columns of health, in the same chunks. */
    public HealthColumns health() {
        return health;
    }

    /** The columns of load, in the same chunks. */
    public LoadColumns loads() {
        return loads;
    }

    /** Since when endpoints are there, and ready. */
    public EndpointTimes times() {
        return life;
    }

    /** Gives back what can be given back while somebody may still count. */
    @Override
    public void close() {
        memory.close();
    }

    private static void clearGauge(UnsafeBuffer chunk, int slot, Gauge gauge) {
        chunk.putLongVolatile(ColumnLayout.gaugeTime(slot, gauge), NEVER);
        chunk.putLongVolatile(ColumnLayout.gaugeValue(slot, gauge), Double.doubleToRawLongBits(Double.NaN));
    }

    private static long word(int generation, int count) {
        return ((long) generation << Integer.SIZE) | count;
    }

    private static int generation(long word) {
        return (int) (word >>> Integer.SIZE);
    }
}
