package dev.penstock.bench.routing;

import dev.penstock.bench.routing.EngineCounts.Count;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What an engine has counted over the last minute, so that rates and means are of that: as production has it, from a
 * few pages that are kept. Confined to one thread.
 */
final class ReportWindow {

    /** The default of {@code scrape.window}. */
    static final long NANOS = 60_000_000_000L;
    private static final int SLICES = 4;

    private record Slice(long nanos, EngineCounts counts) {}

    private final ArrayDeque<Slice> slices = new ArrayDeque<>(SLICES + 1);
    private @Nullable Slice begin;
    private Slice last = new Slice(0, new EngineCounts());

    /** Takes a page. */
    void add(EngineCounts counts, long nanos) {
        while (!slices.isEmpty() && nanos - slices.getFirst().nanos > NANOS) {
            slices.removeFirst();
        }
        begin = slices.peekFirst();
        last = new Slice(nanos, counts);
        if (slices.isEmpty() || nanos - slices.getLast().nanos >= NANOS / SLICES) {
            slices.addLast(last);
        }
    }

    /** Growth by second; NaN before the second page. */
    double rate(Count count) {
        Slice from = begin;
        return from == null ? Double.NaN : growth(from, count) / ((last.nanos - from.nanos) / 1e9);
    }

    /** Growth of one by growth of another one; NaN where the other has not grown. */
    double mean(Count of, Count by) {
        Slice from = begin;
        if (from == null) {
            return Double.NaN;
        }
        double divisor = growth(from, by);
        return divisor > 0 ? growth(from, of) / divisor : Double.NaN;
    }

    private double growth(Slice from, Count count) {
        return last.counts.of(count) - from.counts.of(count);
    }
}
