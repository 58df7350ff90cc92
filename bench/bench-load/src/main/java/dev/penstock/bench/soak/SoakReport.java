package dev.penstock.bench.soak;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a soak found.
 *
 * @param seed     to repeat it
 * @param duration how long the load took
 * @param requests how many requests ended
 * @param ends     how many of them ended how
 * @param around   what went on around them, by name
 * @param problems everything that must not be; empty for a good run
 */
record SoakReport(long seed, Duration duration, long requests, Map<String, Long> ends, Map<String, Long> around,
                  List<String> problems) {

    boolean good() {
        return problems.isEmpty();
    }

    void print(PrintWriter out) {
        out.printf("%d requests in %.1f s, seed %d%n", requests, duration.toMillis() / 1e3, seed);
        ends.forEach((name, count) -> out.printf("  %8d  %s%n", count, name));
        around.forEach((name, count) -> out.printf("  %8d  %s%n", count, name));
        problems.forEach(problem -> out.printf("%nPROBLEM: %s%n", problem));
        out.println(good() ? "Every request ended as it should, and nothing is left."
                : problems.size() + " problems. Once more: penstock soak --seed " + seed);
        out.flush();
    }
}
