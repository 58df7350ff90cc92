package dev.penstock.cache.figures;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Gauges by model, of the few endpoints whose engine tells its models apart. Any thread reads, without a lock; one
 * thread at a time reports of an endpoint.
 */
final class ModelGauges {

    /** Most models of an endpoint that are told apart: names come from the engine. */
    static final int MOST_MODELS = 16;

    private static final long NEVER = Long.MIN_VALUE;

    /** What is known of one endpoint. Names never change; a further model makes other rows. */
    static final class Rows {

        private final int generation;
        private final String[] models;
        private final AtomicLongArray values;
        private final AtomicLongArray times;

        private Rows(int generation, String[] models) {
            this.generation = generation;
            this.models = models;
            int cells = models.length * ColumnLayout.gauges();
            values = new AtomicLongArray(cells);
            times = new AtomicLongArray(cells);
            for (int i = 0; i < cells; i++) {
                values.set(i, Double.doubleToRawLongBits(Double.NaN));
                times.set(i, NEVER);
            }
        }

        private Rows with(String model) {
            String[] more = Arrays.copyOf(models, models.length + 1);
            more[models.length] = model;
            Rows next = new Rows(generation, more);
            for (int i = 0; i < values.length(); i++) {
                next.values.set(i, values.get(i));
                next.times.set(i, times.get(i));
            }
            return next;
        }

        /** Where a gauge of a model is, or -1. */
        int cell(String model, Gauge gauge) {
            for (int i = 0; i < models.length; i++) {
                if (models[i].equals(model)) {
                    return i * ColumnLayout.gauges() + ColumnLayout.number(gauge);
                }
            }
            return -1;
        }

        /** The value in a cell that is no older than a bound, else NaN. */
        double value(int cell, long nowNanos, long maxAgeNanos) {
            long time = times.get(cell);
            return time == NEVER || nowNanos - time > maxAgeNanos ? Double.NaN
                    : Double.longBitsToDouble(values.get(cell));
        }

        /** When the value in a cell was reported. */
        long nanos(int cell) {
            return times.get(cell);
        }
    }

    private final AtomicReferenceArray<AtomicReferenceArray<@Nullable Rows>> chunks;

    ModelGauges(int chunks) {
        this.chunks = new AtomicReferenceArray<>(chunks);
        this.chunks.set(0, new AtomicReferenceArray<>(ColumnLayout.CHUNK));
    }

    /** Forgets what was told of a slot. By {@code lb-cache}, before the endpoint is shown. */
    void prepare(int slot) {
        AtomicReferenceArray<@Nullable Rows> chunk = chunks.get(ColumnLayout.chunk(slot));
        if (chunk == null) {
            chunks.set(ColumnLayout.chunk(slot), new AtomicReferenceArray<>(ColumnLayout.CHUNK));
        } else {
            chunk.set(ColumnLayout.within(slot), null);
        }
    }

    /** What is known of an endpoint by model, or null. */
    @Nullable Rows rows(PodView endpoint) {
        Rows rows = chunks.get(ColumnLayout.chunk(endpoint.slot())).get(ColumnLayout.within(endpoint.slot()));
        // The rows carry the generation: a late report for an endpoint that has left is never seen by the next one.
        return rows != null && rows.generation == endpoint.generation() ? rows : null;
    }

    /** Takes a value. One thread at a time for one endpoint. */
    void report(PodView endpoint, String model, Gauge gauge, double value, long nowNanos) {
        Rows rows = rows(endpoint);
        boolean known = rows != null;
        if (rows == null) {
            rows = new Rows(endpoint.generation(), new String[] {model});
        }
        int cell = rows.cell(model, gauge);
        if (cell < 0) {
            if (rows.models.length == MOST_MODELS) {
                return;
            }
            rows = rows.with(model);
            known = false;
            cell = rows.cell(model, gauge);
        }
        rows.values.set(cell, Double.doubleToRawLongBits(value));
        rows.times.set(cell, nowNanos);
        if (!known) {
            chunks.get(ColumnLayout.chunk(endpoint.slot())).set(ColumnLayout.within(endpoint.slot()), rows);
        }
    }
}
