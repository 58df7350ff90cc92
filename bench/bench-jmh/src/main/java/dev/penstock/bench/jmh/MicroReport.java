package dev.penstock.bench.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The results beside their yardsticks, for people and for programs. Holds no state. */
final class MicroReport {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String COLUMNS = "%-58s %7s %12s %10s %-7s %9s %12s";

    private MicroReport() {
    }

    /** One row of a report. */
    record Line(String name, String parameters, int threads, double score, double error, String unit, double bytes,
            String yardstick, double ratio) {}

    static List<Line> lines(Collection<RunResult> results) {
        List<Line> lines = new ArrayList<>();
        for (RunResult result : results) {
            lines.add(line(result, results));
        }
        return lines;
    }

    private static Line line(RunResult result, Collection<RunResult> all) {
        BenchmarkParams params = result.getParams();
        Result<?> primary = result.getPrimaryResult();
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        String name = name(result);
        String yardstick = MicroBench.yardstick(name);
        RunResult against = yardstick.isEmpty() ? null : matching(yardstick, params, all);
        return new Line(name, parameters(params), params.getThreads(), primary.getScore(), primary.getScoreError(),
                primary.getScoreUnit(), allocated == null ? Double.NaN : allocated.getScore(), yardstick,
                against == null ? Double.NaN : primary.getScore() / against.getPrimaryResult().getScore());
    }

    /** The result of a yardstick with the same parameters, as far as it has them. */
    private static @Nullable RunResult matching(String yardstick, BenchmarkParams params, Collection<RunResult> all) {
        for (RunResult other : all) {
            BenchmarkParams its = other.getParams();
            if (name(other).equals(yardstick) && its.getParamsKeys().stream()
                    .allMatch(key -> its.getParam(key).equals(params.getParam(key)))) {
                return other;
            }
        }
        return null;
    }

    private static String name(RunResult result) {
        String full = result.getParams().getBenchmark();
        int method = full.lastIndexOf('.');
        return full.substring(full.lastIndexOf('.', method - 1) + 1);
    }

    private static String parameters(BenchmarkParams params) {
        StringJoiner text = new StringJoiner(",");
        params.getParamsKeys().forEach(key -> text.add(key + "=" + params.getParam(key)));
        return text.toString();
    }

    /** A table. */
    static String table(List<Line> lines) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, COLUMNS, "benchmark", "threads", "score",
                "error", "unit", "B/op", "x yardstick")).append('\n');
        for (Line line : lines) {
            String label = line.name() + (line.parameters().isEmpty() ? "" : " " + line.parameters());
            text.append(String.format(Locale.ROOT, COLUMNS, label, line.threads(), number("%.2f", line.score()),
                    number("%.2f", line.error()), line.unit(), number("%.0f", line.bytes()),
                    line.yardstick().isEmpty() ? "" : number("%.2f", line.ratio())).stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** One JSON object a line; a figure that does not exist is null. */
    static String json(List<Line> lines) {
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            text.append(String.format(Locale.ROOT, "{\"benchmark\":\"%s\",\"parameters\":\"%s\",\"threads\":%d,"
                    + "\"score\":%s,\"error\":%s,\"unit\":\"%s\",\"bytes_per_op\":%s,\"yardstick\":\"%s\","
                    + "\"ratio\":%s}%n", line.name(), line.parameters(), line.threads(), value(line.score()),
                    value(line.error()), line.unit(), value(line.bytes()), line.yardstick(), value(line.ratio())));
        }
        return text.toString();
    }

    private static String number(String format, double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
    }

    private static String value(double number) {
        return Double.isFinite(number) ? String.format(Locale.ROOT, "%.4f", number) : "null";
    }
}
