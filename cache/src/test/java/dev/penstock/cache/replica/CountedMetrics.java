package dev.penstock.cache.replica;

import dev.penstock.core.port.Metrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts, and tells. Any thread. */
final class CountedMetrics implements Metrics {

    private final Map<List<String>, LongAdder> counts = new ConcurrentHashMap<>();

    @Override
    public Count counter(String name, String help, String... labels) {
        LongAdder sum = sum(name, labels);
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

    long value(String name, String... labels) {
        return sum(name, labels).sum();
    }

    private LongAdder sum(String name, String... labels) {
        return counts.computeIfAbsent(List.of(name, String.join(" ", labels)), any -> new LongAdder());
    }
}
