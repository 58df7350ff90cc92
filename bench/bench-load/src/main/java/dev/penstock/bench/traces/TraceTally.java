package dev.penstock.bench.traces;

import java.util.SortedMap;
import java.util.TreeMap;

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
        private long certain;
        private long perhaps;

        /** As few as there can be. */
        long least() {
            return certain;
        }

        /** As many as there can be. */
        long most() {
            return certain + perhaps;
        }
    }

    private final TreeMap<Long, Range> windows = new TreeMap<>();
    private long all;

    /**
     * Counts a request that began, or ended, at some moment between two.
     *
     * @param fromMillis Unix time before it
     * @param toMillis Unix time after it
     */
    synchronized void add(long fromMillis, long toMillis) {
        all++;
        long first = window(fromMillis - BORDER_MILLIS);
        long last = window(toMillis + BORDER_MILLIS);
        for (long end = first; end <= last; end += WINDOW_MILLIS / 1_000) {
            Range range = windows.computeIfAbsent(end, any -> new Range());
            if (first == last) {
                range.certain++;
            } else {
                range.perhaps++;
            }
        }
    }

    /** End of the window that a moment is in, in Unix seconds. */
    static long window(long millis) {
        return (Math.floorDiv(millis, WINDOW_MILLIS) + 1) * (WINDOW_MILLIS / 1_000);
    }

    /** Requests in all. */
    synchronized long all() {
        return all;
    }

    /** By the ends of windows. */
    synchronized SortedMap<Long, Range> windows() {
        return new TreeMap<>(windows);
    }
}
