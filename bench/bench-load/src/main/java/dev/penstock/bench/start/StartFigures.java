package dev.penstock.bench.start;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What was measured. Immutable.
 *
 * @param version seconds of each run that only told the version of Java
 * @param firstResponse seconds of each run until the first response
 */
record StartFigures(List<Double> version, List<Double> firstResponse) {
    private static final double FACTOR = 2;
    private static final double SECONDS = 0.3;

    StartFigures {
        if (version.isEmpty() || version.size() != firstResponse.size()) {
            throw new IllegalArgumentException("as many runs of both, and one at least");
        }
        version = List.copyOf(version);
        firstResponse = List.copyOf(firstResponse);
    }

    /** What is wanted, in seconds: it grows with what the machine is slowed down by. */
    double wantedSeconds() {
        return FACTOR * median(version) + SECONDS;
    }

    boolean asWanted() {
        return median(firstResponse) <= wantedSeconds();
    }

    /** One line for a person. */
    String line() {
        return String.format(Locale.ROOT, "first response after %.2f s (least %.2f, most %.2f) | java -version %.2f s"
                + " | wanted: at most 2 x that + 0.3 s = %.2f s: %s | medians of %d runs in turn",
                median(firstResponse), Collections.min(firstResponse), Collections.max(firstResponse),
                median(version), wantedSeconds(), asWanted() ? "met" : "MISSED", version.size());
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
