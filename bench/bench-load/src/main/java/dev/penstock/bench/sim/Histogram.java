package dev.penstock.bench.sim;

/** A Prometheus histogram. Confined to the engine's event loop. */
final class Histogram {
    private final String name;
    private final double[] bounds;
    private final long[] counts;
    private long count;
    private double sum;

    Histogram(String name, double... bounds) {
        this.name = name;
        this.bounds = bounds.clone();
        this.counts = new long[bounds.length];
    }

    void observeNanos(long nanos) {
        observe(nanos / 1e9);
    }

    void observe(double value) {
        count++;
        sum += value;
        for (int i = bounds.length - 1; i >= 0 && value <= bounds[i]; i--) {
            counts[i]++;
        }
    }

    void write(StringBuilder page, String labels) {
        page.append("# HELP ").append(name).append(" As vLLM shows it.\n# TYPE ").append(name)
                .append(" histogram\n");
        for (int i = 0; i < bounds.length; i++) {
            bucket(page, labels, Double.toString(bounds[i]), counts[i]);
        }
        bucket(page, labels, "+Inf", count);
        page.append(name).append("_count{").append(labels).append("} ").append((double) count).append('\n');
        page.append(name).append("_sum{").append(labels).append("} ").append(sum).append('\n');
    }

    private void bucket(StringBuilder page, String labels, String bound, long value) {
        page.append(name).append("_bucket{").append(labels).append(",le=\"").append(bound).append("\"} ")
                .append((double) value).append('\n');
    }
}
