package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.process.BenchException;
import java.io.IOException;

/**
 * What Penstock tells of itself on its admin port, at one moment. A figure that it does not tell is NaN.
 *
 * @param servedByLoop requests whose router was run by the event loop that took them in
 * @param servedByThread requests whose router was run by the router thread
 * @param allocatedBytes bytes its JVM has allocated on the heap
 */
public record PenstockMetrics(double servedByLoop, double servedByThread, double allocatedBytes) {
    private static final String SERVED = "penstock_router_served_total";
    private static final String ALLOCATED = "penstock_jvm_allocated_bytes_total";

    /** Reads the metrics of the Penstock that {@code entry} leads to. */
    public static PenstockMetrics read(Probe probe, Target.Entry entry) {
        try {
            return parse(probe.text(entry.adminPort(), "/metrics"));
        } catch (IOException e) {
            throw new BenchException("penstock's admin port does not answer: " + e.getMessage(), e);
        }
    }

    /** Reads the metrics in a text in Prometheus' format. */
    static PenstockMetrics parse(String text) {
        return new PenstockMetrics(
                sum(text, SERVED, "thread=\"loop\""), sum(text, SERVED, "thread=\"router\""), sum(text, ALLOCATED, ""));
    }

    /** The share of requests served inline since {@code earlier}: 0 to 1, NaN if it is not told or there were none. */
    public double inlineShareSince(PenstockMetrics earlier) {
        double loop = servedByLoop - earlier.servedByLoop;
        double thread = servedByThread - earlier.servedByThread;
        return loop / (loop + thread);
    }

    /** The sum of the samples of {@code name} that have {@code label}, or NaN if there is none. */
    static double sum(String text, String name, String label) {
        return text.lines()
                .filter(line -> named(line, name) && line.contains(label))
                .mapToDouble(PenstockMetrics::value)
                .reduce(Double.NaN, (sum, value) -> Double.isNaN(sum) ? value : sum + value);
    }

    private static boolean named(String line, String name) {
        return line.startsWith(name)
                && line.length() > name.length()
                && (line.charAt(name.length()) == '{' || line.charAt(name.length()) == ' ');
    }

    private static double value(String line) {
        int close = line.lastIndexOf('}');
        String rest = line.substring(close >= 0 ? close + 1 : line.indexOf(' ')).strip();
        int space = rest.indexOf(' ');
        return Double.parseDouble(space < 0 ? rest : rest.substring(0, space));
    }
}
