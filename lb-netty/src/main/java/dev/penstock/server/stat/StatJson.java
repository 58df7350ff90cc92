package dev.penstock.server.stat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.spi.Gauge;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rows as a line of JSON that a program reads. Holds no state. */
public final class StatJson {

    private static final JsonFactory JSON = new JsonFactory();
    private static final double NANOS = 1e9;

    private StatJson() {}

    /**
     * One document, in one line.
     *
     * @param now what the rows are of
     * @param rows as they are to stand
     */
    public static String render(FleetSample now, List<StatRow> rows) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("pid", now.pid());
            json.writeNumberField("uptime_seconds", now.uptimeNanos() / NANOS);
            json.writeArrayFieldStart("endpoints");
            for (StatRow row : rows) {
                endpoint(json, row);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void endpoint(JsonGenerator json, StatRow row) throws IOException {
        EndpointSample endpoint = row.endpoint();
        EndpointSample.Identity identity = endpoint.identity();
        json.writeStartObject();
        json.writeStringField("pod", identity.namespace() + "/" + identity.pod());
        json.writeStringField("address", identity.address());
        json.writeStringField("uid", identity.uid());
        json.writeNumberField("slot", identity.slot());
        json.writeNumberField("generation", identity.generation());
        json.writeArrayFieldStart("models");
        for (String model : identity.models()) {
            json.writeString(model);
        }
        json.writeEndArray();
        json.writeNumberField("model_count", identity.modelCount());
        json.writeStringField("state", StatTable.word(endpoint.state()));
        json.writeNumberField("state_seconds", endpoint.stateAgeNanos() / NANOS);
        json.writeNumberField("age_seconds", endpoint.ageNanos() / NANOS);
        json.writeNumberField("in_flight", endpoint.inFlight());
        json.writeNumberField("in_flight_remote", endpoint.inFlightRemote());
        json.writeNumberField("pending_tokens", endpoint.pendingTokens());
        json.writeNumberField("requests_total", endpoint.begun());
        number(json, "requests_per_second", row.requestsPerSecond());
        json.writeObjectFieldStart("gauges");
        for (Map.Entry<Gauge, EndpointSample.Reported> each : new TreeMap<>(endpoint.gauges()).entrySet()) {
            json.writeObjectFieldStart(each.getKey().metric());
            number(json, "value", each.getValue().value());
            json.writeNumberField("age_seconds", each.getValue().ageNanos() / NANOS);
            json.writeBooleanField("fresh", each.getValue().fresh());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    // JSON has no word for a number that there is not.
    private static void number(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }
}
