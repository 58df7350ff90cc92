package dev.penstock.cache.kubernetes;

import java.io.Serial;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The API server did not give what it was asked for. Says so in one line. */
final class ApiException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int LONGEST = 300;

    /** HTTP status, or 0 where there was no answer. */
    private final int status;

    ApiException(int status, @Nullable String message) {
        super(oneLine(status, message), null, false, false);
        this.status = status;
    }

    /** The server knows no such resource. */
    boolean absent() {
        return status == NOT_FOUND;
    }

    /** What was asked for is older than what the server remembers. */
    boolean expired() {
        return status == GONE;
    }

    /** What went wrong, on one line. */
    String reason() {
        return Objects.requireNonNullElse(getMessage(), "");
    }

    private static String oneLine(int status, @Nullable String message) {
        String text = message == null || message.isBlank() ? "no answer" : message.strip().replaceAll("\\s+", " ");
        String shown = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
        return status == 0 || shown.contains(Integer.toString(status)) ? shown : status + " " + shown;
    }
}
