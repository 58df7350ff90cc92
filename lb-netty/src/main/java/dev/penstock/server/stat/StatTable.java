package dev.penstock.server.stat;

import dev.penstock.spi.Gauge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Rows as a table that a person reads. Holds no state. */
public final class StatTable {

    private static final String GAP = "  ";
    private static final String MISSING = "-";
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    /**
     * A column.
     *
     * @param title its title
     * @param least width that it may be narrowed to; {@link #UNBOUNDED} for no narrowing
     * @param worth where not all columns fit, those of the smallest worth go first
     * @param cell its text for a row
     */
    private record Column(String title, int least, int worth, Function<StatRow, String> cell) {

        boolean text() {
            return least != UNBOUNDED;
        }
    }

    private static final List<Column> COLUMNS = List.of(
            new Column("POD", 12, 100, row -> row.endpoint().identity().namespace() + "/"
                    + row.endpoint().identity().pod()),
            new Column("ADDRESS", 15, 20, row -> row.endpoint().identity().address()),
            new Column("MODEL", 8, 40, StatTable::models),
            new Column("STATE", UNBOUNDED, 80, row -> word(row.endpoint().state())),
            new Column("SINCE", UNBOUNDED, 30, row -> time((double) row.endpoint().stateAgeNanos())),
            new Column("IN-FLIGHT", UNBOUNDED, 90, row -> Integer.toString(row.endpoint().inFlight())),
            new Column("OTHERS", UNBOUNDED, 10, row -> Integer.toString(row.endpoint().inFlightRemote())),
            new Column("TOKENS", UNBOUNDED, 50, row -> amount((double) row.endpoint().pendingTokens())),
            new Column("REQ/S", UNBOUNDED, 85, row -> number(row.requestsPerSecond())),
            new Column("RUN", UNBOUNDED, 60, row -> amount(row.endpoint().gauge(Gauge.RUNNING))),
            new Column("WAIT", UNBOUNDED, 65, row -> amount(row.endpoint().gauge(Gauge.WAITING))),
            new Column("KV", UNBOUNDED, 70, row -> percent(row.endpoint().gauge(Gauge.KV_CACHE_USAGE))),
            new Column("AGE", UNBOUNDED, 55, row -> time(row.endpoint().gaugesAgeNanos())));

    private StatTable() {}

    /**
     * The table: what holds for all first, then a line for each endpoint.
     *
     * @param now what the rows are of
     * @param rows as they are to stand
     * @param width most characters of a line
     * @param height most lines
     */
    public static List<String> render(FleetSample now, List<StatRow> rows, int width, int height) {
        List<String> lines = new ArrayList<>();
        lines.add(cut(summary(now, rows), width));
        if (rows.isEmpty()) {
            lines.add(cut("no endpoints", width));
            return lines;
        }
        int room = height - 2;
        boolean all = rows.size() <= room;
        List<StatRow> shown = all ? rows : rows.subList(0, Math.max(0, room - 1));
        lines.addAll(grid(shown, width));
        if (!all) {
            lines.add(cut("... " + (rows.size() - shown.size()) + " more; --sort and --model choose", width));
        }
        return lines;
    }

    private static String summary(FleetSample now, List<StatRow> rows) {
        long ready = rows.stream().filter(row -> row.endpoint().state() == EndpointSample.State.READY).count();
        int own = rows.stream().mapToInt(row -> row.endpoint().inFlight()).sum();
        int others = rows.stream().mapToInt(row -> row.endpoint().inFlightRemote()).sum();
        double rate = rows.stream().mapToDouble(StatRow::requestsPerSecond).filter(each -> !Double.isNaN(each)).sum();
        return "penstock " + now.pid() + ", up " + time((double) now.uptimeNanos()) + ": " + ready + " of "
                + rows.size() + " endpoints ready, " + own + " in flight"
                + (others == 0 ? "" : " and " + others + " from others")
                + ", " + number(rate) + " requests/s";
    }

    private static List<String> grid(List<StatRow> rows, int width) {
        List<Column> columns = new ArrayList<>(COLUMNS);
        int[] widths = widths(columns, rows);
        while (total(widths) > width && !narrow(columns, widths, total(widths) - width)) {
            Column least = columns.stream().min((a, b) -> Integer.compare(a.worth, b.worth)).orElseThrow();
            if (columns.size() == 1) {
                widths[0] = width;
                break;
            }
            columns.remove(least);
            widths = widths(columns, rows);
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(columns, widths, columns.stream().map(Column::title).toList()));
        for (StatRow row : rows) {
            lines.add(line(columns, widths, columns.stream().map(column -> column.cell.apply(row)).toList()));
        }
        return lines;
    }

    private static int[] widths(List<Column> columns, List<StatRow> rows) {
        return columns.stream().mapToInt(column -> Math.max(column.title.length(),
                rows.stream().mapToInt(row -> column.cell.apply(row).length()).max().orElse(0))).toArray();
    }

    private static int total(int[] widths) {
        return Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1);
    }

    /** Takes width from columns of text; false where they cannot give as much. */
    private static boolean narrow(List<Column> columns, int[] widths, int excess) {
        int left = excess;
        for (int i = columns.size() - 1; i >= 0 && left > 0; i--) {
            if (columns.get(i).text()) {
                int given = Math.min(left, Math.max(0, widths[i] - columns.get(i).least));
                widths[i] -= given;
                left -= given;
            }
        }
        return left <= 0;
    }

    private static String line(List<Column> columns, int[] widths, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cut(cells.get(i), widths[i]);
            String pad = " ".repeat(widths[i] - cell.length());
            boolean left = columns.get(i).text() || columns.get(i).title.equals("STATE");
            line.append(i == 0 ? "" : GAP).append(left ? cell + pad : pad + cell);
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String text, int width) {
        // Names come from outside: nothing in them may steer the terminal.
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= width ? plain : plain.substring(0, Math.max(0, width - 1)) + "~";
    }

    // ---- cells

    private static String models(StatRow row) {
        EndpointSample.Identity identity = row.endpoint().identity();
        if (identity.models().isEmpty()) {
            return identity.modelCount() == 0 ? MISSING : identity.modelCount() + " models";
        }
        int more = identity.modelCount() - 1;
        return identity.models().getFirst() + (more > 0 ? " +" + more : "");
    }

    /** The word for a state. */
    static String word(EndpointSample.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String number(double value) {
        return Double.isNaN(value) ? MISSING : String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String amount(double value) {
        if (Double.isNaN(value)) {
            return MISSING;
        }
        return value < 100_000 ? String.format(Locale.ROOT, "%.0f", value)
                : value < 100_000_000 ? String.format(Locale.ROOT, "%.0fk", value / 1e3)
                : String.format(Locale.ROOT, "%.0fM", value / 1e6);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? MISSING : String.format(Locale.ROOT, "%.0f%%", share * 100);
    }

    private static String time(double nanos) {
        double seconds = nanos / 1e9;
        if (Double.isNaN(seconds)) {
            return MISSING;
        } else if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1fs", seconds);
        } else if (seconds < 120) {
            return String.format(Locale.ROOT, "%.0fs", seconds);
        } else if (seconds < 7_200) {
            return String.format(Locale.ROOT, "%.0fm", seconds / 60);
        }
        return seconds < 172_800 ? String.format(Locale.ROOT, "%.0fh", seconds / 3_600)
                : String.format(Locale.ROOT, "%.0fd", seconds / 86_400);
    }
}
