package dev.penstock.server.metrics;

import dev.penstock.core.port.Metrics.Count;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters whose names end in {@code _bucket}, as some of AIBrix do: Prometheus takes them, its Java library does not.
 * Any thread.
 */
final class PlainCounters {
    private static final String RESERVED = "_bucket";

    private final Map<String, Family> families = new ConcurrentHashMap<>();

    /** Whether a name has to be counted here. */
    static boolean reserved(String name) {
        return name.endsWith(RESERVED);
    }

    /** A new counter. */
    Count make(String name, String help, Labels labels) {
        LongAdder sum = new LongAdder();
        families.computeIfAbsent(name, any -> new Family(help, new ConcurrentHashMap<>())).sums().put(labels, sum);
        return new Sum(sum);
    }

    /** Writes all of them, in Prometheus' text format. */
    void write(OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        for (Map.Entry<String, Family> entry : new TreeMap<>(families).entrySet()) {
            String name = entry.getKey() + "_total";
            writer.write("# HELP " + name + ' ' + entry.getValue().help() + "\n# TYPE " + name + " counter\n");
            for (Map.Entry<Labels, LongAdder> series : new TreeMap<>(entry.getValue().sums()).entrySet()) {
                writer.write(name);
                writeLabels(writer, series.getKey());
                writer.write(" " + series.getValue().sum() + ".0\n");
            }
        }
        writer.flush();
    }

    private static void writeLabels(Writer writer, Labels labels) throws IOException {
        for (int i = 0; i < labels.size(); i++) {
            String value = labels.getValue(i).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            writer.write((i == 0 ? "{" : ",") + labels.getName(i) + "=\"" + value + '"');
        }
        writer.write(labels.isEmpty() ? "" : "}");
    }

    private record Family(String help, Map<Labels, LongAdder> sums) {}

    private record Sum(LongAdder sum) implements Count {
        @Override
        public void add(long amount) {
            sum.add(amount);
        }

        @Override
        public long value() {
            return sum.sum();
        }
    }
}
