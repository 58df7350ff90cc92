package dev.penstock.server.accesslog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.penstock.server.address.IpAddress;
import dev.penstock.spi.PodView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records as lines of JSON. Used by one thread. */
final class LineFormat {
    /** What a client may make as long as it likes is cut. */
    private static final int MOST_CHARS = 256;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'",
            Locale.ROOT).withZone(ZoneOffset.UTC);

    private final JsonFactory json = new JsonFactoryBuilder().rootValueSeparator("").build();

    /**
     * Adds a line.
     *
     * @param endMillis when the request ended, since the epoch
     */
    void write(AccessRecord record, long endMillis, ByteArrayOutputStream out) throws IOException {
        try (JsonGenerator line = json.createGenerator(out)) {
            line.writeStartObject();
            line.writeStringField("time", TIME.format(Instant.ofEpochMilli(
                    endMillis - TimeUnit.NANOSECONDS.toMillis(record.totalNanos))));
            request(line, record);
            routing(line, record);
            line.writeNumberField("status", record.status);
            line.writeStringField("end", record.end);
            line.writeBooleanField("stream", record.stream);
            times(line, record);
            line.writeNumberField("request_bytes", record.requestBytes);
            line.writeNumberField("response_bytes", record.responseBytes);
            count(line, "prompt_tokens", record.usage.promptTokens());
            count(line, "completion_tokens", record.usage.completionTokens());
            line.writeEndObject();
            line.writeRaw('\n');
        }
    }

    private static void request(JsonGenerator line, AccessRecord record) throws IOException {
        text(line, "request_id", record.id);
        text(line, "trace_id", record.traceId);
        text(line, "client", record.client == null ? null : IpAddress.text(record.client));
        text(line, "protocol", record.protocol);
        text(line, "key", record.key);
        text(line, "user", record.user);
        text(line, "method", record.method);
        text(line, "path", path(record.target));
        text(line, "model", record.model);
        text(line, "api", record.api == null ? null : record.api.name().toLowerCase(Locale.ROOT));
    }

    private static void routing(JsonGenerator line, AccessRecord record) throws IOException {
        PodView endpoint = record.endpoint;
        text(line, "strategy", record.strategy);
        text(line, "pod", endpoint == null ? null : endpoint.name());
        text(line, "endpoint", endpoint == null ? null : endpoint.address());
        text(line, "prefill_pod", record.prefill == null ? null : record.prefill.name());
        text(line, "prefill_endpoint", record.prefill == null ? null : record.prefill.address());
        line.writeArrayFieldStart("retries");
        for (int i = 0; i < record.retryCount; i++) {
            line.writeString(record.retries[i]);
        }
        line.writeEndArray();
    }

    private static void times(JsonGenerator line, AccessRecord record) throws IOException {
        millis(line, "queue_ms", record.queueNanos);
        millis(line, "routing_ms", record.routingNanos);
        millis(line, "connect_ms", record.connectNanos);
        millis(line, "prefill_ms", record.prefillNanos);
        millis(line, "first_byte_ms", record.firstByteNanos);
        millis(line, "total_ms", record.totalNanos);
        millis(line, "overhead_ms", record.overheadNanos);
    }

    /** Milliseconds with three digits behind the point; null where there was nothing to measure. */
    private static void millis(JsonGenerator line, String name, long nanos) throws IOException {
        if (nanos < 0) {
            line.writeNullField(name);
        } else {
            line.writeNumberField(name, BigDecimal.valueOf(TimeUnit.NANOSECONDS.toMicros(nanos), 3));
        }
    }

    private static void count(JsonGenerator line, String name, long value) throws IOException {
        if (value < 0) {
            line.writeNullField(name);
        } else {
            line.writeNumberField(name, value);
        }
    }

    private static void text(JsonGenerator line, String name, @Nullable String value) throws IOException {
        if (value == null) {
            line.writeNullField(name);
        } else {
            line.writeStringField(name, clean(value));
        }
    }

    /** Cut to a length, and without halves of characters, which no JSON can hold. */
    private static String clean(String text) {
        StringBuilder changed = new StringBuilder(Math.min(text.length(), MOST_CHARS));
        for (int i = 0; i < text.length() && changed.length() < MOST_CHARS; i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                changed.append(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                changed.append(c).append(text.charAt(++i));
            } else {
                changed.append('?');
            }
        }
        return changed.toString();
    }

    private static @Nullable String path(@Nullable String target) {
        int query = target == null ? -1 : target.indexOf('?');
        return target == null || query < 0 ? target : target.substring(0, query);
    }
}
