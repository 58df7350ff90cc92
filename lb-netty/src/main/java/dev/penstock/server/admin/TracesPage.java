package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Supplier;

/** {@code /admin/traces}, {@code ?model=NAME} for one model: the windows of the traces, oldest first. */
public final class TracesPage {

    /**
     * Ten seconds.
     *
     * @param end Unix time in seconds at which they ended
     * @param records by model: a JSON object, as readers of traces know it
     */
    public record Window(long end, NavigableMap<String, String> records) {}

    private TracesPage() {}

    /** The page. */
    public static AdminPage of(Supplier<List<Window>> windows) {
        return new JsonPage((json, query) -> write(json, windows.get(), query.getOrDefault("model", List.of())));
    }

    private static void write(JsonGenerator json, List<Window> windows, List<String> wanted) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("windows");
        for (Window window : windows) {
            if (wanted.isEmpty() || wanted.stream().anyMatch(window.records()::containsKey)) {
                write(json, window, wanted);
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Window window, List<String> wanted) throws IOException {
        json.writeStartObject();
        json.writeNumberField("end", window.end());
        json.writeStringField("time", Instant.ofEpochSecond(window.end()).toString());
        json.writeObjectFieldStart("models");
        for (Map.Entry<String, String> each : window.records().entrySet()) {
            if (wanted.isEmpty() || wanted.contains(each.getKey())) {
                json.writeFieldName(each.getKey());
                json.writeRawValue(each.getValue());
            }
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
