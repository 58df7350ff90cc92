package dev.penstock.bench.proxy.report;

import dev.penstock.bench.proxy.target.ProxyKind;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows for people. */
public final class TableReport {
    private static final String NONE = "-";
    private static final String HEAD = String.format(
            Locale.ROOT,
            "%-13s %5s  %-8s %10s %9s %9s %9s %7s %7s %8s %9s %7s %6s",
            "case", "conns", "proxy", "req/s", "p50 ms", "p99 ms", "cpu us", "jit us", "spread", "x nginx",
            "x haproxy", "inline", "errors");

    private static final String CLOCKED_HEAD = String.format(
            Locale.ROOT,
            "%-13s %5s  %-8s %10s %9s %9s %12s %7s",
            "by the clock", "conns", "proxy", "req/s", "+p50 ms", "+p99 ms", "+p99 x nginx", "reuse");

    private TableReport() {
    }

    /** The table, each line ended by a newline; an empty line between cells. */
    public static String render(List<Row> rows) {
        StringBuilder table = new StringBuilder(HEAD).append('\n');
        Sample.@Nullable Cell last = null;
        for (Row row : rows) {
            if (last != null && !last.equals(row.cell())) {
                table.append('\n');
            }
            last = row.cell();
            table.append(line(row)).append('\n');
        }
        return table.toString();
    }

    /** A second table of what is known only where requests are made by the clock; empty if there is no such row. */
    public static String renderClocked(List<Row> rows) {
        StringBuilder table = new StringBuilder();
        for (Row row : rows) {
            if (row.cell().load().pace().clocked()) {
                table.append(table.isEmpty() ? '\n' + CLOCKED_HEAD + '\n' : "").append(clockedLine(row)).append('\n');
            }
        }
        return table.toString();
    }

    private static String clockedLine(Row row) {
        return String.format(
                Locale.ROOT,
                "%-13s %5d  %-8s %10s %9s %9s %12s %7s",
                row.cell().load().id(),
                row.cell().connections(),
                row.proxy().id(),
                number("%.0f", row.perSecond()),
                number("%.2f", row.clocked().addedP50Millis()),
                number("%.2f", row.clocked().addedP99Millis()),
                number("%.2f", row.clocked().ratioNginxP99()),
                number("%.1f%%", row.clocked().reuse() * 100));
    }

    private static String line(Row row) {
        return String.format(
                Locale.ROOT,
                "%-13s %5d  %-8s %10s %9s %9s %9s %7s %7s %8s %9s %7s %6d",
                row.cell().load().id(),
                row.cell().connections(),
                row.proxy().id(),
                number("%.0f", row.perSecond()),
                number("%.2f", row.p50Millis()),
                number("%.2f", row.p99Millis()),
                number("%.1f", row.cpuMicros()),
                number("%.1f", row.jitMicros()),
                number("%.0f%%", row.spread() * 100),
                number("%.2f", row.ratioNginx()),
                number("%.2f", row.ratioHaproxy()),
                inline(row),
                row.errors());
    }

    private static String inline(Row row) {
        boolean untold = row.proxy() == ProxyKind.PENSTOCK && !Double.isFinite(row.inlineShare());
        return untold ? "n/a" : number("%.0f%%", row.inlineShare() * 100);
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : NONE;
    }
}
