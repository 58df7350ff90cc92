package dev.penstock.bench.routing;

import java.util.List;
import java.util.Locale;

/** Results for people and for programs. Holds no state. */
final class RoutingReport {

    private RoutingReport() {}

    /** A table of one cell. */
    static String table(Cell cell, List<Row> rows, Yardsticks yardsticks, Outcome pooled) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%s, load %.0f%%, %d requests, mean of %d%n", cell.name(),
                cell.load() * 100, cell.trace().requests().size(), rows.getFirst().seeds()));
        text.append(String.format(Locale.ROOT, "%-38s %6s %6s %9s %9s %9s %9s %9s %8s %8s%n", "strategy", "hits",
                "pooled", "ttft s", "p50", "p99", "e2e p99", "max/mean", "goodput", "refused"));
        for (Row row : rows) {
            text.append(line(row.strategy() + (row.standard() ? " (default)" : ""), row.outcome(),
                    number("%.2f", row.hitOfPooled(), "-")));
        }
        text.append(line("(bound of hits) one pooled pod", pooled, ""));
        text.append(String.format(Locale.ROOT, "hits of one cache without bound %.3f, of one as large as all %.3f; "
                + "round robin: without bound %.3f, as large as the pods' %.3f%n", yardsticks.ideal(),
                yardsticks.pooled(), yardsticks.roundRobinUnbounded(), yardsticks.roundRobin()));
        return text.toString();
    }

    private static String line(String label, Outcome outcome, String hitOfPooled) {
        return String.format(Locale.ROOT, "%-38s %6.3f %6s %9.2f %9.2f %9.2f %9.1f %9.2f %7.0f%% %7.1f%%%n", label,
                outcome.hitRatio(), hitOfPooled, outcome.ttftMean(), outcome.ttftP50(), outcome.ttftP99(),
                outcome.e2eP99(), outcome.loadMaxOverMean(), outcome.goodput() * 100, outcome.refused() * 100);
    }

    /** One JSON object, without a line end. */
    static String json(Row row) {
        Outcome outcome = row.outcome();
        return String.format(Locale.ROOT, "{\"strategy\":\"%s\",\"default\":%b,\"trace\":\"%s\",\"scenario\":\"%s\","
                + "\"load\":%.2f,\"seeds\":%d,\"hit_ratio\":%.4f,\"hit_of_pooled\":%s,\"ttft_mean_s\":%.4f,"
                + "\"ttft_p50_s\":%.4f,\"ttft_p99_s\":%.4f,\"e2e_p99_s\":%.4f,\"load_max_over_mean\":%.4f,"
                + "\"goodput\":%.4f,\"refused\":%.4f}", escaped(row.strategy()), row.standard(),
                escaped(row.cell().trace().name()), row.cell().scenario().name(), row.cell().load(), row.seeds(),
                outcome.hitRatio(), number("%.4f", row.hitOfPooled(), "null"), outcome.ttftMean(), outcome.ttftP50(),
                outcome.ttftP99(), outcome.e2eP99(), outcome.loadMaxOverMean(), outcome.goodput(), outcome.refused());
    }

    // The name of a user's file may hold anything.
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\');
            }
            escaped.append(c < ' ' ? ' ' : c);
        }
        return escaped.toString();
    }

    private static String number(String format, double value, String otherwise) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : otherwise;
    }
}
