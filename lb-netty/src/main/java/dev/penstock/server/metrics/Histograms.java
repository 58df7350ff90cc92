package dev.penstock.server.metrics;

import dev.penstock.core.port.Metrics.Times;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** All histograms of one name, each of other labels. Any thread. */
final class Histograms implements Collector {

    private static final double NANOS = 1e9;

    private final String name;
    private final String help;
    private final long[] boundsNanos;
    private final double[] bounds;
    private final Map<Labels, Buckets> all = new ConcurrentHashMap<>();

    Histograms(String name, String help, long[] boundsNanos) {
        this.name = name;
        this.help = help;
        this.boundsNanos = boundsNanos.clone();
        this.bounds = new double[boundsNanos.length + 1];
        for (int i = 0; i < boundsNanos.length; i++) {
            bounds[i] = boundsNanos[i] / NANOS;
        }
        bounds[boundsNanos.length] = Double.POSITIVE_INFINITY;
    }

    /** The histogram of these labels; null where there is none and no room for one. */
    @Nullable Times of(Labels labels, BooleanSupplier room) {
        return all.computeIfAbsent(labels, key -> room.getAsBoolean() ? new Buckets(boundsNanos) : null);
    }

    @Override
    public String getPrometheusName() {
        return name;
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder snapshot = HistogramSnapshot.builder().name(name).help(help);
        all.forEach((labels, buckets) -> snapshot.dataPoint(HistogramDataPointSnapshot.builder().labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, buckets.counts()))
                .sum(buckets.sumNanos.sum() / NANOS).build()));
        return snapshot.build();
    }

    /** Event loops add at the same time: each number spreads itself over cells as soon as they meet. */
    private static final class Buckets implements Times {

        private final long[] boundsNanos;
        private final LongAdder[] counts;
        private final LongAdder sumNanos = new LongAdder();

        Buckets(long[] boundsNanos) {
            this.boundsNanos = boundsNanos;
            this.counts = new LongAdder[boundsNanos.length + 1];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
            }
        }

        @Override
        public void record(long nanos) {
            int bucket = 0;
            // Most are in the first few: walking is shorter than halving.
            while (bucket < boundsNanos.length && nanos > boundsNanos[bucket]) {
                bucket++;
            }
            counts[bucket].increment();
            sumNanos.add(nanos);
        }

        long[] counts() {
            long[] now = new long[counts.length];
            for (int i = 0; i < now.length; i++) {
                now[i] = counts[i].sum();
            }
            return now;
        }
    }
}
