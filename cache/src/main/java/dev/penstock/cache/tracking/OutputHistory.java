package dev.penstock.cache.tracking;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long the answers of one model were lately, by the length of the prompt: counts in buckets, powers of two of both.
 * Any thread adds and draws; no lock.
 *
 * <p>Time is cut into intervals. The counts of an interval and a length of prompts are a row of their own; a row that
 * is too old is replaced as a whole by whoever first counts in its place, so nobody has to take counts away.
 */
final class OutputHistory {

    /** Buckets of each kind: for 0 and 1, 2, 4, … up to 2^20 tokens. */
    static final int BUCKETS = 21;
    /** Length of an interval. */
    static final long INTERVAL_NANOS = 10_000_000_000L;
    /** How far back predictions look. */
    static final long WINDOW_NANOS = 240_000_000_000L;

    private static final class Row {
        final long interval;
        final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);

        Row(long interval) {
            this.interval = interval;
        }
    }

    private final long originNanos;
    private final int intervals;
    private final AtomicReferenceArray<@Nullable Row> rows;

    /**
     * Nothing is known.
     *
     * @param windowNanos how far back predictions look
     * @param originNanos any time, from which intervals are counted
     */
    OutputHistory(long windowNanos, long originNanos) {
        this.originNanos = originNanos;
        // One more than is looked at: whoever counts in a new interval takes away nothing that somebody still reads.
        this.intervals = (int) Math.ceilDiv(windowNanos, INTERVAL_NANOS) + 1;
        this.rows = new AtomicReferenceArray<>(intervals * BUCKETS);
    }

    /** Number of intervals that there is room for. */
    int intervals() {
        return intervals;
    }

    /** Counts an answer. */
    void add(long promptTokens, long outputTokens, long nowNanos) {
        long interval = interval(nowNanos);
        int cell = cell(interval, bucket(promptTokens));
        // Two that both find an old row agree on one new one: dev.penstock.bench.jcstress.cache.TwoAnswersOneRow.
        Row row = rows.get(cell);
        while (row == null || row.interval < interval) {
            Row next = new Row(interval);
            Row seen = rows.compareAndExchange(cell, row, next);
            row = seen == row ? next : seen;
        }
        // Whoever is late by a whole ring has nothing to say of now.
        if (row.interval == interval) {
            row.counts.incrementAndGet(bucket(outputTokens));
        }
    }

    /** Draws a length among those of the answers to such prompts, each as likely as it was; 1 where there was none. */
    long predict(long promptTokens, long nowNanos, RandomGenerator random) {
        long newest = interval(nowNanos);
        int prompt = bucket(promptTokens);
        int total = 0;
        for (int output = 0; output < BUCKETS; output++) {
            total += count(newest, prompt, output);
        }
        if (total == 0) {
            return 1;
        }
        int drawn = random.nextInt(total);
        int longest = 0;
        for (int output = 0; output < BUCKETS; output++) {
            int count = count(newest, prompt, output);
            if (drawn < count) {
                return 1L << output;
            }
            drawn -= count;
            longest = count > 0 ? output : longest;
        }
        // Some went out of sight in between.
        return 1L << longest;
    }

    private int count(long newest, int prompt, int output) {
        int sum = 0;
        for (long interval = newest - intervals + 2; interval <= newest; interval++) {
            Row row = rows.get(cell(interval, prompt));
            if (row != null && row.interval == interval) {
                sum += row.counts.get(output);
            }
        }
        return sum;
    }

    private long interval(long nanos) {
        return Math.floorDiv(nanos - originNanos, INTERVAL_NANOS);
    }

    private int cell(long interval, int prompt) {
        return (int) Math.floorMod(interval, (long) intervals) * BUCKETS + prompt;
    }

    /** The power of two that is nearest on a logarithmic scale. */
    static int bucket(long tokens) {
        if (tokens <= 1) {
            return 0;
        }
        if (tokens >= 1L << (BUCKETS - 1)) {
            return BUCKETS - 1;
        }
        int lower = Long.SIZE - 1 - Long.numberOfLeadingZeros(tokens);
        // Half-way between 2^n and 2^(n+1) is the root of 2^(2n+1).
        return tokens * tokens >= 1L << (2 * lower + 1) ? lower + 1 : lower;
    }
}
