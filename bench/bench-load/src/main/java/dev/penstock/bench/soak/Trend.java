package dev.penstock.bench.soak;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a figure that goes up and down grows in the long run: the least of the last third is compared with the least
 * of the third after the first figures, since a leak lifts also the valleys. One thread.
 */
final class Trend {
    /** Caches fill and code is compiled before it counts. */
    private static final int WARM_UP = 2;
    private static final int ENOUGH = 9;

    private final double factor;
    private final long slack;
    private final List<Long> values = new ArrayList<>();

    /**
     * No figures yet.
     *
     * @param factor by how much it may grow
     * @param slack  and how much more
     */
    Trend(double factor, long slack) {
        this.factor = factor;
        this.slack = slack;
    }

    void add(long value) {
        values.add(value);
    }

    /** Whether it grows; false while there are too few figures to tell. */
    boolean grows() {
        List<Long> counted = values.subList(Math.min(WARM_UP, values.size()), values.size());
        if (counted.size() < ENOUGH) {
            return false;
        }
        int third = counted.size() / 3;
        return least(counted.subList(counted.size() - third, counted.size()))
                > least(counted.subList(0, third)) * factor + slack;
    }

    private static long least(List<Long> some) {
        return some.stream().mapToLong(Long::longValue).min().orElse(0);
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
