package dev.penstock.server.stat;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows samples, one after the other. Confined to its caller. */
public final class StatView {

    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    /** Waits between two samples. */
    @FunctionalInterface
    public interface Pause {

        /** Returns after this time, in nanoseconds. */
        void pause(long nanos) throws InterruptedException;
    }

    /**
     * How samples are shown.
     *
     * @param json as JSON, else as a table
     * @param order how the rows are sorted
     * @param model only endpoints that serve this model; empty for all
     * @param intervalNanos time between two samples
     */
    public record Style(boolean json, StatRow.Order order, String model, long intervalNanos) {

        /** Once a second, by name. */
        public static final Style USUAL = new Style(false, StatRow.Order.NAME, "", TimeUnit.SECONDS.toNanos(1));
    }

    private final FigureSource source;
    private final Style style;
    private final PrintWriter out;
    private final Supplier<Terminal.@Nullable Size> terminal;
    private final Pause pause;

    /**
     * Shows nothing yet.
     *
     * @param terminal the size of the terminal as it is now; null where there is none, and no control characters are
     *     to be written
     */
    public StatView(FigureSource source, Style style, PrintWriter out, Supplier<Terminal.@Nullable Size> terminal,
            Pause pause) {
        this.source = source;
        this.style = style;
        this.out = out;
        this.terminal = terminal;
        this.pause = pause;
    }

    /**
     * Shows one sample, or one after the other until nobody reads them any more. The first comes after one interval:
     * rates want two.
     *
     * @throws IOException where the process ends meanwhile
     */
    public void show(boolean once) throws IOException, InterruptedException {
        FleetSample before = source.sample();
        boolean first = true;
        do {
            pause.pause(style.intervalNanos());
            FleetSample now = source.sample();
            List<StatRow> rows = StatRow.of(before, now, style.model(), style.order());
            out.print(style.json() ? StatJson.render(now, rows) + "\n" : table(now, rows, first, once));
            before = now;
            first = false;
        } while (!out.checkError() && !once);
    }

    private String table(FleetSample now, List<StatRow> rows, boolean first, boolean once) {
        Terminal.Size size = terminal.get();
        if (size == null) {
            return (first ? "" : "\n") + String.join("\n",
                    StatTable.render(now, rows, Integer.MAX_VALUE, Integer.MAX_VALUE)) + "\n";
        } else if (once) {
            return String.join("\n", StatTable.render(now, rows, size.columns(), Integer.MAX_VALUE)) + "\n";
        }
        // In one piece, from the top of the screen: it does not flicker. The last line is for the cursor.
        return HOME + String.join(CLEAR_LINE + "\n", StatTable.render(now, rows, size.columns(), size.rows() - 1))
                + CLEAR_LINE + "\n" + CLEAR_BELOW;
    }
}
