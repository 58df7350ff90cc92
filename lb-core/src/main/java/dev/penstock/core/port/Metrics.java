package dev.penstock.core.port;

import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Where numbers for the operator go. Series are looked up when a component is made, never for each event; their number
 * is bounded. Any thread may call it.
 */
public interface Metrics {

    /** Keeps nothing. */
    Metrics NONE = (name, help, labels) -> new Count() {
        @Override
        public void add(long amount) {}

        @Override
        public long value() {
            return 0;
        }
    };

    /**
     * A number that only grows. The same name and labels give the same number.
     *
     * @param name in the form of Prometheus, without the suffix {@code _total}
     * @param help one sentence
     * @param labels names and values, in turn; the names are the same at each call with this metric name
     */
    Count counter(String name, String help, String... labels);

    /**
     * A number that goes up and down, or that is counted elsewhere: asked for when the metrics are read. The same name
     * and labels again take the place of what was there.
     *
     * @param name in the form of Prometheus; with the suffix {@code _total} where it only grows
     * @param help one sentence
     * @param value the number now; NaN where there is none; any thread may ask
     * @param labels names and values, in turn
     */
    default void gauge(String name, String help, DoubleSupplier value, String... labels) {}

    /**
     * Numbers of things that come and go, one for each: asked for when the metrics are read. To be called once for a
     * name.
     *
     * @param name in the form of Prometheus
     * @param help one sentence
     * @param label name of the label that tells the things apart
     * @param most series that there is room for; further ones are not shown
     * @param values the numbers now, by value of the label; any thread may ask
     */
    default void gauges(String name, String help, String label, int most,
            Supplier<? extends Map<String, ? extends Number>> values) {}

    /**
     * Times, counted by how long they were. The same name and labels give the same histogram.
     *
     * @param name in the form of Prometheus, ending in {@code _seconds}
     * @param help one sentence
     * @param boundsNanos upper bounds of the buckets, ascending; above the last one is one more
     * @param labels names and values, in turn
     */
    default Times times(String name, String help, long[] boundsNanos, String... labels) {
        return nanos -> {};
    }

    /** Times, counted by how long they were. Any thread. */
    @FunctionalInterface
    interface Times {

        /** Counts one. */
        void record(long nanos);
    }

    /** A number that only grows. Any thread. */
    interface Count {

        /** Adds. */
        void add(long amount);

        /** Adds one. */
        default void increment() {
            add(1);
        }

        /** The sum so far. */
        long value();
    }
}
