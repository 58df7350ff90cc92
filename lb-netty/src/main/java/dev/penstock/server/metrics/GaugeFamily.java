package dev.penstock.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.function.Supplier;

/** Numbers of things that come and go, asked for as a whole, so that what has gone leaves no series. Any thread. */
record GaugeFamily(String name, String help, String label, int most, Supplier<? extends Map<String, ? extends Number>>
        values) implements Collector {

    @Override
    public String getPrometheusName() {
        return name;
    }

    @Override
    public MetricSnapshot collect() {
        GaugeSnapshot.Builder snapshot = GaugeSnapshot.builder().name(name).help(help);
        values.get().entrySet().stream().limit(most).forEach(entry -> snapshot.dataPoint(GaugeDataPointSnapshot
                .builder().labels(Labels.of(label, entry.getKey())).value(entry.getValue().doubleValue()).build()));
        return snapshot.build();
    }
}
