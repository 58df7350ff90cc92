package dev.penstock.bench.traces;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What clients know, and what is in Redis. Immutable.
 *
 * @param begun what clients know of beginnings
 * @param ended what clients know of ends with usage
 * @param found by window: beginnings and ends that Redis has
 * @param lostBeginnings beginnings that the balancers say are missing
 * @param lostEnds ends that the balancers say are missing
 * @param failed requests that were not answered well
 */
record TraceVerdict(TraceTally begun, TraceTally ended, SortedMap<Long, long[]> found, long lostBeginnings,
        long lostEnds, long failed) {

    private static final long[] NONE = {0, 0};

    /** What cannot be explained; empty where every request is accounted for. */
    List<String> unexplained() {
        List<String> wrong = new ArrayList<>();
        sum(wrong, "requests begun", begun.all(), 0, lostBeginnings);
        sum(wrong, "requests ended", ended.all(), 1, lostEnds);
        for (long end : windows()) {
            window(wrong, end, "begun", begun, 0, lostBeginnings);
            window(wrong, end, "ended", ended, 1, lostEnds);
        }
        if (failed > 0) {
            wrong.add(failed + " requests were not answered well");
        }
        return wrong;
    }

    private void sum(List<String> wrong, String what, long told, int column, long lost) {
        long inRedis = found.values().stream().mapToLong(each -> each[column]).sum();
        if (inRedis + lost != told) {
            wrong.add(what + ": " + told + ", in Redis " + inRedis + ", said to be lost " + lost);
        }
    }

    private void window(List<String> wrong, long end, String what, TraceTally tally, int column, long lost) {
        TraceTally.Range range = tally.windows().getOrDefault(end, new TraceTally.Range());
        long inRedis = found.getOrDefault(end, NONE)[column];
        if (inRedis < range.least() - lost || inRedis > range.most()) {
            wrong.add("window " + end + ", " + what + ": " + range.least() + " to " + range.most() + ", in Redis "
                    + inRedis);
        }
    }

    private SortedSet<Long> windows() {
        SortedSet<Long> all = new TreeSet<>(found.keySet());
        all.addAll(begun.windows().keySet());
        all.addAll(ended.windows().keySet());
        return all;
    }

    /** Prints it for a person. */
    void print(PrintWriter out) {
        out.printf(Locale.ROOT, "%-12s %19s %10s   %19s %10s%n", "window", "begun (clients)", "in Redis",
                "ended (clients)", "in Redis");
        for (long end : windows()) {
            long[] inRedis = found.getOrDefault(end, NONE);
            out.printf(Locale.ROOT, "%-12d %19s %10d   %19s %10d%n", end, range(begun, end), inRedis[0],
                    range(ended, end), inRedis[1]);
        }
        out.printf(Locale.ROOT, "%-12s %19d %10d   %19d %10d%n", "all", begun.all(), sum(0), ended.all(), sum(1));
        out.printf(Locale.ROOT, "%-12s %19s %10d   %19s %10d%n", "said lost", "", lostBeginnings, "", lostEnds);
        unexplained().forEach(line -> out.println("UNEXPLAINED  " + line));
        out.flush();
    }

    private long sum(int column) {
        return found.values().stream().mapToLong(each -> each[column]).sum();
    }

    private static String range(TraceTally tally, long end) {
        TraceTally.Range range = tally.windows().getOrDefault(end, new TraceTally.Range());
        return range.least() == range.most() ? Long.toString(range.least()) : range.least() + ".." + range.most();
    }
}
