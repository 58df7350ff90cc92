package dev.penstock.testkit;

import dev.penstock.core.port.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counters that a test can read. Any thread. */
final class Counters implements Metrics {

    private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();

    @Override
    public Count counter(String name, String help, String... labels) {
        return counters.computeIfAbsent(series(name, labels), any -> new Counter());
    }

    /** Value of a counter; 0 where nobody has asked for it. */
    public long value(String name, String... labels) {
        Counter counter = counters.get(series(name, labels));
        return counter == null ? 0 : counter.value();
    }

    /** All series, each as its name, label names and label values in one text. */
    public SortedSet<String> series() {
        SortedSet<String> all = new TreeSet<>();
        counters.keySet().forEach(series -> all.add(String.join(" ", series)));
        return all;
    }

    private static List<String> series(String name, String... labels) {
        List<String> series = new ArrayList<>(List.of(labels));
        series.addFirst(name);
        return series;
    }

    private static final class Counter implements Count {
        private final AtomicLong sum = new AtomicLong();

        @Override
        public void add(long amount) {
            sum.addAndGet(amount);
        }

        @Override
        public long value() {
            return sum.get();
        }
    }
}
