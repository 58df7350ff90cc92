package dev.penstock.spi;

import java.io.Serial;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was measured of a model on the GPUs of one group of pods: how many requests an endpoint carries and how fast it
 * is, by the length of output and prompt. Immutable; any thread may read it.
 *
 * @param model the base model
 * @param group the group of the pods, as {@link PodView#group} has it
 * @param cost price of such a pod, by the unit of its author; 0 where nobody said
 * @param created when it was made, in seconds since 1970; the newest one of a model and a group holds
 * @param outputs the lengths of output that were measured
 * @param prompts the lengths of prompts that were measured
 * @param tables what was measured, a row for each length of output, a column for each length of prompt
 * @param targets which times count as good
 * @since 1.1
 */
public record GpuProfile(String model, String group, double cost, double created, Axis outputs, Axis prompts,
        Map<Measure, Table> tables, Targets targets) {

    /** What is measured. */
    public enum Measure {
        /** Requests a second that an endpoint carries within the targets; 0 where it carries none. */
        THROUGHPUT("tputs"),
        /** Seconds from the request to the last byte, mean. */
        E2E("e2e"),
        /** Seconds from the request to the first token, mean. */
        TTFT("ttft"),
        /** Seconds for each further token, mean. */
        TPOT("tpot");

        private final String key;

        Measure(String key) {
            this.key = key;
        }

        /** Its name in a file. */
        public String key() {
            return key;
        }
    }

    /**
     * The targets by which the throughput was measured, times in seconds; 0 where there is none.
     *
     * @param percentile share of requests for which they hold, in percent
     * @param throughput requests a second
     * @param tokenThroughput tokens a second
     * @param e2e time of a whole request
     * @param ttft time to the first token
     * @param perToken time of a whole request for each token of prompt and output
     * @param tpot time for each further token
     */
    public record Targets(int percentile, double throughput, double tokenThroughput, double e2e, double ttft,
            double perToken, double tpot) {

        /** No target at all. */
        public static final Targets NONE = new Targets(0, 0, 0, 0, 0, 0, 0);
    }

    /** What a profile is asked for was never measured. Without a stack trace: an expected answer. */
    public static final class NoDataException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1;

        private final Measure measure;

        private NoDataException(GpuProfile profile, Measure measure) {
            super("profile of " + profile.model() + " in " + profile.group() + ": no " + measure.key(), null, false,
                    false);
            this.measure = measure;
        }

        /** What is missing. */
        public Measure measure() {
            return measure;
        }
    }

    /**
     * Checks that everything fits, and copies the map.
     *
     * @throws IllegalArgumentException where a table has not a row for each length of output and a column for each
     *     length of prompt, or holds what is negative or no number
     */
    public GpuProfile {
        EnumMap<Measure, Table> copy = new EnumMap<>(Measure.class);
        copy.putAll(tables);
        copy.forEach((measure, table) -> {
            if (table.rows() != outputs.size() || table.columns() != prompts.size()) {
                throw new IllegalArgumentException(measure.key() + ": " + table.rows() + " x " + table.columns()
                        + " (expected: " + outputs.size() + " x " + prompts.size() + ", as the indexes)");
            }
        });
        tables = Map.copyOf(copy);
    }

    /** Whether something was measured. */
    public boolean has(Measure measure) {
        return tables.containsKey(measure);
    }

    /**
     * What was measured for requests most like one.
     *
     * @param outputTokens length of its output
     * @param promptTokens length of its prompt
     * @throws NoDataException where this was never measured
     * @throws IllegalArgumentException where a length is negative
     */
    public double value(Measure measure, long outputTokens, long promptTokens) {
        Table table = tables.get(measure);
        if (table == null) {
            throw new NoDataException(this, measure);
        }
        return table.at(outputs.index(outputTokens), prompts.index(promptTokens));
    }

    /**
     * The share of an endpoint that a request takes up while it is in flight: by Little's law one of as many as the
     * endpoint has at its best throughput, {@code 1 / (throughput * e2e)}.
     *
     * @param outputTokens length of its output
     * @param promptTokens length of its prompt
     * @return infinite where the endpoint cannot carry such requests within the targets
     * @throws NoDataException where throughput or time was never measured
     * @throws IllegalArgumentException where a length is negative
     */
    public double consumption(long outputTokens, long promptTokens) {
        double throughput = value(Measure.THROUGHPUT, outputTokens, promptTokens);
        return 1 / (throughput * value(Measure.E2E, outputTokens, promptTokens));
    }

    /** Whether {@link #consumption} can be told. */
    public boolean tellsConsumption() {
        return has(Measure.THROUGHPUT) && has(Measure.E2E);
    }

    /** The lengths at which was measured. Immutable. */
    public static final class Axis {

        private final double[] tokens;

        private Axis(double[] tokens) {
            this.tokens = tokens;
        }

        /**
         * Lengths in ascending order.
         *
         * @param tokens in tokens
         * @throws IllegalArgumentException where there is none, or where they are not positive and ascending
         */
        public static Axis of(double... tokens) {
            if (tokens.length == 0) {
                throw new IllegalArgumentException("no lengths (expected: at least one)");
            }
            double before = 0;
            for (double length : tokens) {
                // Written so that NaN fails, too.
                if (!(length > before) || length == Double.POSITIVE_INFINITY) {
                    throw new IllegalArgumentException(length + " after " + before
                            + " (expected: positive numbers in ascending order)");
                }
                before = length;
            }
            return new Axis(tokens.clone());
        }

        /** How many lengths. */
        public int size() {
            return tokens.length;
        }

        /** A length, in tokens. */
        public double tokens(int index) {
            return tokens[index];
        }

        /**
         * Index of the length that is nearest on a logarithmic scale, the longer one of two that are as near.
         *
         * @param length in tokens
         * @throws IllegalArgumentException where it is negative
         */
        public int index(long length) {
            if (length < 0) {
                throw new IllegalArgumentException("length: " + length + " (expected: not negative)");
            }
            // Half-way between the logarithms of two lengths is the root of their product: exact without logarithms.
            double square = (double) length * length;
            int low = 0;
            int high = tokens.length - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (square < tokens[middle] * tokens[middle + 1]) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Axis axis && Arrays.equals(tokens, axis.tokens);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(tokens);
        }

        @Override
        public String toString() {
            return Arrays.toString(tokens);
        }
    }

    /** Numbers in rows and columns. Immutable. */
    public static final class Table {

        private final double[][] rows;

        private Table(double[][] rows) {
            this.rows = rows;
        }

        /**
         * A table.
         *
         * @param rows at least one, each as long as the others
         * @throws IllegalArgumentException where they are not, or where a number is negative or none
         */
        public static Table of(double[][] rows) {
            double[][] copy = new double[rows.length][];
            for (int i = 0; i < rows.length; i++) {
                copy[i] = rows[i].clone();
                if (copy[i].length != copy[0].length) {
                    throw new IllegalArgumentException("row " + (i + 1) + ": " + copy[i].length
                            + " numbers (expected: " + copy[0].length + ", as in the first)");
                }
                for (double value : copy[i]) {
                    if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
                        throw new IllegalArgumentException("row " + (i + 1) + ": " + value
                                + " (expected: numbers, not negative)");
                    }
                }
            }
            return new Table(copy);
        }

        /** How many rows. */
        public int rows() {
            return rows.length;
        }

        /** How many columns. */
        public int columns() {
            return rows.length == 0 ? 0 : rows[0].length;
        }

        /** A number. */
        public double at(int row, int column) {
            return rows[row][column];
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Table table && Arrays.deepEquals(rows, table.rows);
        }

        @Override
        public int hashCode() {
            return Arrays.deepHashCode(rows);
        }

        @Override
        public String toString() {
            return Arrays.deepToString(rows);
        }
    }
}
