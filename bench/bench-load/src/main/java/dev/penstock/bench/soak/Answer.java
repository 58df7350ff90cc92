package dev.penstock.bench.soak;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that came back for one request.
 *
 * @param status  the status, or 0 where no head came
 * @param headers the headers, names in lower case
 * @param body    the payload, without framing
 * @param ending  how the bytes ended
 * @param detail  what was wrong with them, or empty
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
record Answer(int status, Map<String, String> headers, byte[] body, Ending ending, String detail) {

    /** How the bytes of an answer ended. */
    enum Ending {
        /** Where the framing says. */
        COMPLETE,
        /** In good order, but before the end. */
        CLOSED_EARLY,
        /** By a reset before the end. */
        RESET,
        /** In something that is no HTTP. */
        MALFORMED,
        /** Not at all: nothing more came for a long time. */
        SILENT
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Nullable String header(String name) {
        return headers.get(name);
    }

    boolean eventStream() {
        return headers.getOrDefault("content-type", "").startsWith("text/event-stream");
    }

    /** Whether another request may go over the connection. */
    boolean keepsConnection() {
        return ending == Ending.COMPLETE
                && !headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close")
                && (headers.containsKey("content-length") || headers.containsKey("transfer-encoding"));
    }
}
