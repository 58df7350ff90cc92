package dev.penstock.bench.proxy.report;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** The median, which one disturbed round does not move. */
final class Medians {
    private Medians() {
    }

    /** The median of the values that are numbers: the mean of the middle two of an even count, NaN of none. */
    static double of(DoubleStream values) {
        double[] sorted = values.filter(Double::isFinite).toArray();
        Arrays.sort(sorted);
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
