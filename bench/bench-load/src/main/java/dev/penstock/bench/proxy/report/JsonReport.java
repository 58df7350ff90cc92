package dev.penstock.bench.proxy.report;

import java.util.Locale;
import java.util.StringJoiner;

/** Rows for programs: one JSON object a line. */
public final class JsonReport {
    private JsonReport() {
    }

    /** The object of {@code row}, without a newline. A figure that does not exist is null. */
    public static String line(Row row) {
        StringJoiner fields = new StringJoiner(",", "{", "}");
        fields.add("\"case\":\"" + row.cell().load().id() + "\"");
        fields.add("\"connections\":" + row.cell().connections());
        fields.add("\"proxy\":\"" + row.proxy().id() + "\"");
        fields.add(number("requests_per_s", "%.1f", row.perSecond()));
        fields.add(number("p50_ms", "%.3f", row.p50Millis()));
        fields.add(number("p99_ms", "%.3f", row.p99Millis()));
        fields.add(number("cpu_us_per_request", "%.2f", row.cpuMicros()));
        fields.add(number("ratio_nginx", "%.3f", row.ratioNginx()));
        fields.add(number("ratio_haproxy", "%.3f", row.ratioHaproxy()));
        fields.add(number("jit_us_per_request", "%.2f", row.jitMicros()));
        fields.add(number("cpu_spread", "%.3f", row.spread()));
        fields.add(number("inline_share", "%.3f", row.inlineShare()));
        fields.add("\"errors\":" + row.errors());
        if (row.cell().load().pace().clocked()) {
            fields.add(number("added_p50_ms", "%.3f", row.clocked().addedP50Millis()));
            fields.add(number("added_p99_ms", "%.3f", row.clocked().addedP99Millis()));
            fields.add(number("ratio_nginx_added_p99", "%.3f", row.clocked().ratioNginxP99()));
            fields.add(number("connection_reuse", "%.4f", row.clocked().reuse()));
        }
        return fields.toString();
    }

    private static String number(String name, String format, double value) {
        return "\"" + name + "\":" + (Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "null");
    }
}
