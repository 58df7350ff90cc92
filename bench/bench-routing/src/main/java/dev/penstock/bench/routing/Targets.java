package dev.penstock.bench.routing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What is wanted of the default strategy, in each cell of the conversation trace. Holds no state. */
final class Targets {

    private static final double HITS_OF_POOLED = 0.92;
    private static final double LOAD = 1.10;

    private Targets() {}

    /**
     * One thing that is wanted.
     *
     * @param text what it is, with the figures
     * @param holds whether it holds
     */
    record Target(String text, boolean holds) {}

    /** All that is wanted in the cells of some rows. */
    static List<Target> of(List<Row> rows) {
        List<Target> targets = new ArrayList<>();
        for (Row row : rows) {
            boolean plain = row.cell().scenario().equals(Scenario.PLAIN) && row.pooled() > 0;
            if (row.standard() && plain) {
                List<Row> others = rows.stream()
                        .filter(other -> !other.standard() && other.cell().equals(row.cell()))
                        // Who turns requests away makes room for the others.
                        .filter(other -> other.outcome().refused() == 0).toList();
                if (!others.isEmpty()) {
                    add(targets, row, others);
                }
            }
        }
        return targets;
    }

    private static void add(List<Target> targets, Row row, List<Row> others) {
        double load = row.cell().load();
        targets.add(ratio(row, others, "TTFT mean", Outcome::ttftMean, meanAtMost(load)));
        targets.add(ratio(row, others, "TTFT p99", Outcome::ttftP99, p99AtMost(load)));
        targets.add(new Target(String.format(Locale.ROOT, "%s: hits %.3f of the pooled cache's (wanted: %.2f or more)",
                where(row), row.hitOfPooled(), HITS_OF_POOLED), row.hitOfPooled() >= HITS_OF_POOLED));
        targets.add(new Target(String.format(Locale.ROOT, "%s: prefilled tokens, most over mean %.3f (wanted: %.2f or "
                + "less)", where(row), row.outcome().loadMaxOverMean(), LOAD),
                row.outcome().loadMaxOverMean() <= LOAD));
    }

    private static Target ratio(Row row, List<Row> others, String name, ToDoubleFunction<Outcome> figure,
            double most) {
        Row best = others.stream().min(Comparator.comparingDouble(other -> figure.applyAsDouble(other.outcome())))
                .orElseThrow();
        double ratio = figure.applyAsDouble(row.outcome()) / figure.applyAsDouble(best.outcome());
        return new Target(String.format(Locale.ROOT, "%s: %s %.3f of the best other's, %s (wanted: %s or less)",
                where(row), name, ratio, best.strategy(), most), ratio <= most);
    }

    private static double meanAtMost(double load) {
        if (load < 0.5) {
            return 1.005;
        }
        return load < 0.75 ? 0.98 : load < 1 ? 0.96 : 0.94;
    }

    private static double p99AtMost(double load) {
        return load < 0.75 ? 1.01 : load < 1 ? 1.00 : 0.95;
    }

    private static String where(Row row) {
        return String.format(Locale.ROOT, "%s %.0f%%", row.cell().name(), row.cell().load() * 100);
    }
}
