package dev.penstock.cache.limits;

import dev.penstock.core.port.Metrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Keeps sums by name and labels. */
final class CountingMetrics implements Metrics {

    private final Map<String, LongAdder> sums = new ConcurrentHashMap<>();

    @Override
    public Count counter(String name, String help, String... labels) {
        LongAdder sum = sums.computeIfAbsent(name + ' ' + String.join(" ", labels), key -> new LongAdder());
        return new Count() {
            @Override
            public void add(long amount) {
                sum.add(amount);
            }

            @Override
            public long value() {
                return sum.sum();
            }
        };
    }

    long sum(String series) {
        LongAdder sum = sums.get(series);
        return sum == null ? 0 : sum.sum();
    }
}
