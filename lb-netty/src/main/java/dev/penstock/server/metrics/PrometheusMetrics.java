package dev.penstock.server.metrics;

import dev.penstock.core.port.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * The metrics of one Penstock, each in a registry of its own so that several live in one process. Any thread. Series
 * beyond the bound are counted together as {@code penstock_metrics_dropped_series}.
 */
public final class PrometheusMetrics implements Metrics {

    private static final Logger LOG = System.getLogger(PrometheusMetrics.class.getName());
    private static final String TOTAL = "_total";
    private static final int MAX_SERIES = 50_000;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Gauges> gauges = new ConcurrentHashMap<>();
    private final PlainCounters plain = new PlainCounters();
    private final Map<String, Histograms> histograms = new ConcurrentHashMap<>();
    private final Map<List<String>, Count> series = new ConcurrentHashMap<>();
    private final int maxSeries;
    private final AtomicInteger seriesCount = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();

    /** Without any series but its own, for at most 50,000. */
    public PrometheusMetrics() {
        this(MAX_SERIES);
    }

    /** Without any series but its own. */
    PrometheusMetrics(int maxSeries) {
        this.maxSeries = maxSeries;
        gauge("penstock_metrics_dropped_series", "Times that a series beyond the bound was asked for; it is not kept.",
                dropped::doubleValue);
    }

    @Override
    public Count counter(String name, String help, String... labels) {
        Count count = series.computeIfAbsent(key(name, labels), any -> room(1) ? make(name, help, labels) : null);
        return count == null ? Metrics.NONE.counter(name, help, labels) : count;
    }

    private Count make(String name, String help, String... labels) {
        if (PlainCounters.reserved(name)) {
            return plain.make(name, help, Labels.of(everySecond(labels, 0), everySecond(labels, 1)));
        }
        Counter counter = counters.computeIfAbsent(name, n -> Counter.builder().name(n).help(help)
                .labelNames(everySecond(labels, 0)).register(registry));
        return new Series(counter.labelValues(everySecond(labels, 1)));
    }

    private boolean room(int wanted) {
        if (seriesCount.addAndGet(wanted) <= maxSeries) {
            return true;
        }
        seriesCount.addAndGet(-wanted);
        dropped.incrementAndGet();
        return false;
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value, String... labels) {
        Gauges all = gauges.computeIfAbsent(name, n -> {
            Gauges made = new Gauges(n, help);
            registry.register(made);
            return made;
        });
        all.values.compute(Labels.of(everySecond(labels, 0), everySecond(labels, 1)),
                (any, before) -> before != null || room(1) ? value : null);
    }

    @Override
    public void gauges(String name, String help, String label, int most,
            Supplier<? extends Map<String, ? extends Number>> values) {
        if (room(most)) {
            registry.register(new GaugeFamily(name, help, label, most, values));
        }
    }

    @Override
    public Times times(String name, String help, long[] boundsNanos, String... labels) {
        Histograms all = histograms.computeIfAbsent(name, n -> {
            Histograms made = new Histograms(n, help, boundsNanos);
            registry.register(made);
            return made;
        });
        Times one = all.of(Labels.of(everySecond(labels, 0), everySecond(labels, 1)),
                () -> room(boundsNanos.length + 3));
        return one == null ? Metrics.NONE.times(name, help, boundsNanos, labels) : one;
    }

    /** Writes all of them in Prometheus' text format. */
    public void write(OutputStream out) throws IOException {
        PrometheusTextFormatWriter.create().write(out, registry.scrape());
        plain.write(out);
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
        private final Map<Labels, DoubleSupplier> values = new ConcurrentHashMap<>();

        Gauges(String name, String help) {
            this.name = name;
            this.help = help;
        }

        @Override
        public String getPrometheusName() {
            return name;
        }

        @Override
        public MetricSnapshot collect() {
            return name.endsWith(TOTAL) ? counters() : gauges();
        }

        private MetricSnapshot counters() {
            CounterSnapshot.Builder snapshot = CounterSnapshot.builder().help(help)
                    .name(name.substring(0, name.length() - TOTAL.length()));
            values.forEach((labels, value) -> snapshot.dataPoint(CounterDataPointSnapshot.builder().labels(labels)
                    .value(number(value)).build()));
            return snapshot.build();
        }

        private MetricSnapshot gauges() {
            GaugeSnapshot.Builder snapshot = GaugeSnapshot.builder().name(name).help(help);
            values.forEach((labels, value) -> snapshot.dataPoint(GaugeDataPointSnapshot.builder().labels(labels)
                    .value(number(value)).build()));
            return snapshot.build();
        }

        // One number that cannot be had must not hide all the others.
        private double number(DoubleSupplier value) {
            try {
                return value.getAsDouble();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, () -> "gauge " + name, e);
                return Double.NaN;
            }
        }
    }
}
