package dev.penstock.bench.traces;

import java.util.Collections;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What clients know of windows: how many requests certainly belong to each, and how many perhaps, because they were
 * under way at its border. Any thread.
 */
final class TraceTally {

    /** Length of a window. */
    static final long WINDOW_MILLIS = 10_000;

    /** A balancer opens a window when it looks at the clock, not at the very moment. */
    private static final long BORDER_MILLIS = 1_000;

    /** Requests of one window. */
    static final class Range {
        private final LongAdder certain = new LongAdder();
        private final LongAdder perhaps = new LongAdder();

        /** As few as there can be. */
        long least() {
            return certain.sum();
        }

        /** As many as there can be. */
        long most() {
            return certain.sum() + perhaps.sum();
        }
    }

    private final ConcurrentSkipListMap<Long, Range> windows = new ConcurrentSkipListMap<>();
    private final LongAdder all = new LongAdder();

    /**
     * Counts a request that began, or ended, at some moment between two.
     *
     * @param fromMillis Unix time before it
     * @param toMillis Unix time after it
     */
    void add(long fromMillis, long toMillis) {
        all.increment();
        long first = window(fromMillis - BORDER_MILLIS);
        long last = window(toMillis + BORDER_MILLIS);
        for (long end = first; end <= last; end += WINDOW_MILLIS / 1_000) {
            Range range = windows.computeIfAbsent(end, any -> new Range());
            (first == last ? range.certain : range.perhaps).increment();
        }
    }

    /** End of the window that a moment is in, in Unix seconds. */
    static long window(long millis) {
        return (Math.floorDiv(millis, WINDOW_MILLIS) + 1) * (WINDOW_MILLIS / 1_000);
    }

    /** Requests in all. */
    long all() {
        return all.sum();
    }

    /** By the ends of windows. */
    SortedMap<Long, Range> windows() {
        return Collections.unmodifiableSortedMap(windows);
    }
}
