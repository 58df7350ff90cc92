package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.BenchException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the line that {@link WrkScript} makes wrk print at its end. */
final class WrkSummary {
    private static final String MARK = "bench-summary ";
    private static final List<String> ERRORS = List.of("connect", "read", "write", "status", "timeout");

    private WrkSummary() {
    }

    /**
     * The result in {@code output}.
     *
     * @param output all that wrk printed
     * @param order what it was told to do
     * @throws BenchException if the line is missing or incomplete
     */
    static LoadResult parse(String output, LoadOrder order) {
        String line = output.lines()
                .filter(one -> one.startsWith(MARK))
                .findFirst()
                .orElseThrow(() -> new BenchException("wrk printed no summary but: " + output.strip()));
        Map<String, Double> fields = fields(line.substring(MARK.length()));
        long requests = (long) field(fields, "requests");
        long errors = 0;
        for (String name : ERRORS) {
            errors += (long) field(fields, name);
        }
        // A run that drains stands still at its end, so wrk's duration is not the time of the load. Each connection
        // has exactly one request under way, hence the rate follows from the mean time of one.
        double seconds = order.load().streaming()
                ? requests * field(fields, "mean") / 1e6 / order.connections()
                : field(fields, "micros") / 1e6;
        double perSecond = requests == 0 ? 0 : requests / seconds;
        return new LoadResult(requests, errors, perSecond, field(fields, "p50") / 1e3, field(fields, "p99") / 1e3);
    }

    private static Map<String, Double> fields(String text) {
        Map<String, Double> fields = new HashMap<>();
        for (String pair : text.strip().split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(pair.substring(0, equals), Double.valueOf(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static double field(Map<String, Double> fields, String name) {
        Double value = fields.get(name);
        if (value == null) {
            throw new BenchException("wrk's summary lacks " + name);
        }
        return value;
    }
}
