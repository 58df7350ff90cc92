package dev.penstock.server.metrics;

import dev.penstock.core.port.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/**
 * The metrics of one Penstock, each in a registry of its own so that several live in one process. Any thread. Series
 * beyond the bound are counted together as {@code penstock_metrics_dropped_series}.
 */
public final class PrometheusMetrics implements Metrics {

    private static final int MAX_SERIES = 50_000;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Gauges> gauges = new ConcurrentHashMap<>();
    private final Map<List<String>, Count> series = new ConcurrentHashMap<>();
    private final AtomicInteger seriesCount = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();

    /** Without any series but its own. */
    public PrometheusMetrics() {
        gauge("penstock_metrics_dropped_series", "Series beyond the bound, which are not kept.", dropped::doubleValue);
    }

    @Override
    public Count counter(String name, String help, String... labels) {
        return series.computeIfAbsent(key(name, labels), any -> {
            if (seriesCount.incrementAndGet() > MAX_SERIES) {
                dropped.incrementAndGet();
                return Metrics.NONE.counter(name, help, labels);
            }
            Counter counter = counters.computeIfAbsent(name, n -> Counter.builder().name(n).help(help)
                    .labelNames(everySecond(labels, 0)).register(registry));
            return new Series(counter.labelValues(everySecond(labels, 1)));
        });
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value, String... labels) {
        if (seriesCount.incrementAndGet() > MAX_SERIES) {
            dropped.incrementAndGet();
            return;
        }
        gauges.computeIfAbsent(name, n -> {
            Gauges made = new Gauges(n, help);
            registry.register(made);
            return made;
        }).add(Labels.of(everySecond(labels, 0), everySecond(labels, 1)), value);
    }

    /** Writes all of them in Prometheus' text format. */
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter.create().write(out, registry.scrape());
    }

    private static List<String> key(String name, String[] labels) {
        String[] key = new String[labels.length + 1];
        key[0] = name;
        System.arraycopy(labels, 0, key, 1, labels.length);
        return List.of(key);
    }

    private static String[] everySecond(String[] labels, int from) {
        String[] half = new String[labels.length / 2];
        for (int i = 0; i < half.length; i++) {
            half[i] = labels[2 * i + from];
        }
        return half;
    }

    private record Series(CounterDataPoint point) implements Count {
        @Override
        public void add(long amount) {
            point.inc(amount);
        }

        @Override
        public long value() {
            return point.getLongValue();
        }
    }

    private static final class Gauges implements Collector {

        private final String name;
        private final String help;
        private final List<Map.Entry<Labels, DoubleSupplier>> values = new CopyOnWriteArrayList<>();

        Gauges(String name, String help) {
            this.name = name;
            this.help = help;
        }

        void add(Labels labels, DoubleSupplier value) {
            values.add(Map.entry(labels, value));
        }

        @Override
        public String getPrometheusName() {
            return name;
        }

        @Override
        public MetricSnapshot collect() {
            GaugeSnapshot.Builder snapshot = GaugeSnapshot.builder().name(name).help(help);
            for (Map.Entry<Labels, DoubleSupplier> entry : values) {
                snapshot.dataPoint(GaugeDataPointSnapshot.builder().labels(entry.getKey())
                        .value(entry.getValue().getAsDouble()).build());
            }
            return snapshot.build();
        }
    }
}
