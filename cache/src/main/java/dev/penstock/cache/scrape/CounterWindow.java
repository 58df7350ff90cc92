package dev.penstock.cache.scrape;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one engine, or of one of its models, over the last while, so that rates, means and percentiles are of
 * that while. A few pages of it are kept. Not thread-safe.
 */
final class CounterWindow {

    private static final int SLICES = 4;

    private static final class Slice {

        private final long nanos;
        private final double[] cells;

        Slice(long nanos, double[] cells) {
            this.nanos = nanos;
            this.cells = cells;
        }
    }

    private final EngineMapping mapping;
    private final long windowNanos;
    private final ArrayDeque<Slice> slices = new ArrayDeque<>(SLICES + 1);
    private final double[] last;
    private final double[] bounds;
    private @Nullable Slice begin;
    private long lastNanos;

    CounterWindow(EngineMapping mapping, long windowNanos) {
        this.mapping = mapping;
        this.windowNanos = windowNanos;
        last = new double[mapping.cells()];
        bounds = new double[mapping.cells()];
    }

    /**
     * Takes a page. Where a counter has fallen, the engine was started anew, and so is the window.
     *
     * @param cells its numbers, copied
     * @param pageBounds its upper bounds of buckets, copied
     * @param nanos when it was asked for
     */
    void add(double[] cells, double[] pageBounds, long nanos) {
        if (!slices.isEmpty() && restarted(cells, pageBounds)) {
            slices.clear();
        }
        double[] free = null;
        while (!slices.isEmpty() && nanos - slices.getFirst().nanos > windowNanos) {
            free = slices.removeFirst().cells;
        }
        begin = slices.peekFirst();
        if (slices.isEmpty() || nanos - slices.getLast().nanos >= windowNanos / SLICES) {
            // Not over what the window begins with: that is read until the next page.
            double[] copy = free == null ? new double[cells.length] : free;
            System.arraycopy(cells, 0, copy, 0, cells.length);
            slices.addLast(new Slice(nanos, copy));
        }
        System.arraycopy(cells, 0, last, 0, cells.length);
        System.arraycopy(pageBounds, 0, bounds, 0, bounds.length);
        lastNanos = nanos;
    }

    private boolean restarted(double[] cells, double[] pageBounds) {
        for (int cell = 0; cell < cells.length; cell++) {
            if (mapping.cumulative(cell) && !Double.isNaN(last[cell]) && !(cells[cell] >= last[cell])) {
                return true;
            }
        }
        return !Arrays.equals(bounds, pageBounds);
    }

    /** A gauge as the last page, and the window before it, give it; NaN where they do not. */
    double derive(Iterable<Derivation> ways) {
        for (Derivation way : ways) {
            double value = derive(way);
            if (Double.isFinite(value)) {
                return value;
            }
        }
        return Double.NaN;
    }

    private double derive(Derivation way) {
        if (way.instant()) {
            return way.derive(last, last, 0, bounds);
        }
        Slice from = begin;
        return from == null ? Double.NaN : way.derive(last, from.cells, (lastNanos - from.nanos) / 1e9, bounds);
    }
}
