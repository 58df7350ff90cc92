package dev.penstock.bench.demo;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the requests.
 *
 * @param rows one for each request, in the order in which they were sent
 */
record DemoReport(List<Row> rows) {

    /**
     * A request.
     *
     * @param what the call
     * @param strategy the strategy that chose; empty for an answer that needs no pod
     * @param pod the pod that was chosen; empty for an answer that needs none
     * @param status HTTP status; 0 where there was no answer
     * @param firstByteMillis from sending to the first byte
     * @param totalMillis from sending to the last byte
     * @param whole whether the answer was all there
     * @param note beginning of the answer, or what went wrong
     */
    record Row(String what, String strategy, String pod, int status, double firstByteMillis, double totalMillis,
            boolean whole, String note) {

        boolean answered() {
            return status == 200 && whole;
        }
    }

    /** Whether all were answered, and enough different pods served. */
    boolean good(int leastPods) {
        return rows.stream().allMatch(Row::answered) && byPod().size() >= leastPods;
    }

    void print(PrintWriter out) {
        out.printf(Locale.ROOT, "%-24s %-18s %-24s %6s %9s %9s  %s%n", "request", "strategy", "pod", "status",
                "first ms", "total ms", "answer");
        for (Row row : rows) {
            out.printf(Locale.ROOT, "%-24s %-18s %-24s %6s %9.1f %9.1f  %s%n", row.what(), row.strategy(), row.pod(),
                    row.status() == 0 ? "-" : Integer.toString(row.status()), row.firstByteMillis(), row.totalMillis(),
                    row.note());
        }
        long answered = rows.stream().filter(Row::answered).count();
        out.println();
        out.println(answered + " of " + rows.size() + " answered; requests by pod: " + byPod());
        out.flush();
    }

    private Map<String, Integer> byPod() {
        Map<String, Integer> counts = new TreeMap<>();
        rows.stream().filter(row -> row.answered() && !row.pod().isEmpty())
                .forEach(row -> counts.merge(row.pod(), 1, Integer::sum));
        return counts;
    }
}
