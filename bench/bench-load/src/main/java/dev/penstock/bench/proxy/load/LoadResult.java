package dev.penstock.bench.proxy.load;

import java.util.Locale;

/**
 * What one run of load met.
 *
 * @param requests those answered completely
 * @param errors those that failed: no connection, a broken answer, a status other than 2xx, a timeout
 * @param perSecond rate of answered requests while new ones were made
 * @param p50Millis median time from sending a request to the last byte of its answer
 * @param p99Millis the same for the 99th percentile
 */
public record LoadResult(long requests, long errors, double perSecond, double p50Millis, double p99Millis) {
    /** One line that {@link #parse} reads. */
    String line() {
        return String.format(
                Locale.ROOT, "%d %d %.3f %.6f %.6f", requests, errors, perSecond, p50Millis, p99Millis);
    }

    /** The result that {@link #line} wrote. */
    static LoadResult parse(String line) {
        String[] fields = line.strip().split(" ", -1);
        return new LoadResult(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3]),
                Double.parseDouble(fields[4]));
    }
}
