package dev.penstock.bench.proxy.load;

import java.util.Arrays;

/** Times of requests, kept one by one. Confined to the thread that makes the load. */
final class Latencies {
    private static final double NANOS_PER_MILLI = 1e6;

    private long[] nanos = new long[1 << 14];
    private int size;

    /** Adds one. */
    void add(long value) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = value;
    }

    /** How many there are. */
    int size() {
        return size;
    }

    /** Their mean, in nanoseconds; zero if there is none. */
    double meanNanos() {
        return Arrays.stream(nanos, 0, size).average().orElse(0);
    }

    /** The smallest time, in milliseconds, that {@code percent} of 100 do not exceed; zero if there is none. */
    double percentileMillis(double percent) {
        if (size == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * size);
        return sorted[Math.max(0, rank - 1)] / NANOS_PER_MILLI;
    }
}
