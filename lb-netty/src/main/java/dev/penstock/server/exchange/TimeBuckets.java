package dev.penstock.server.exchange;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Metrics.Count;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Times of one model, counted by bucket as AIBrix does: a counter for each bucket, which it alone counts. Any thread.
 * Series are made when they are first needed: most models use few buckets.
 */
final class TimeBuckets {
    /** Upper bounds for first bytes, in milliseconds. */
    static final int[] FIRST_BYTE_MILLIS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};
    /** Upper bounds for whole requests, in milliseconds. */
    static final int[] TOTAL_MILLIS = {100, 250, 500, 1000, 5000, 20_000, 60_000};

    private final Metrics metrics;
    private final String name;
    private final String help;
    private final String model;
    private final int[] boundsMillis;
    private final AtomicReferenceArray<Count> counts;

    TimeBuckets(Metrics metrics, String name, String help, String model, int[] boundsMillis) {
        this.metrics = metrics;
        this.name = name;
        this.help = help;
        this.model = model;
        this.boundsMillis = boundsMillis.clone();
        this.counts = new AtomicReferenceArray<>(boundsMillis.length + 1);
    }

    void record(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        int bucket = 0;
        while (bucket < boundsMillis.length && millis >= boundsMillis[bucket]) {
            bucket++;
        }
        Count count = counts.getAcquire(bucket);
        if (count == null) {
            // Made by two threads, it is the same series.
            count = metrics.counter(name, help, "model", model, "bucket", label(bucket));
            counts.setRelease(bucket, count);
        }
        count.increment();
    }

    private String label(int bucket) {
        int last = boundsMillis.length - 1;
        if (bucket > last) {
            return boundsMillis[last] + "ms+";
        }
        return (bucket == 0 ? 0 : boundsMillis[bucket - 1]) + "-" + boundsMillis[bucket] + "ms";
    }
}
