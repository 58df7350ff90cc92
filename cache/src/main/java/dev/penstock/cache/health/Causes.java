package dev.penstock.cache.health;

import dev.penstock.core.port.Health;
import java.util.Locale;

/** How an endpoint failed, as one number that has room in a column: a {@link Health.Failure}, or a status. */
final class Causes {

    static final int FIRST_STATUS = 100;
    private static final Health.Failure[] FAILURES = Health.Failure.values();

    private Causes() {}

    @SuppressWarnings("EnumOrdinal") // the figures file shows the number
    static int of(Health.Failure failure) {
        return failure.ordinal();
    }

    /** The label of a metric. */
    static String label(int cause) {
        return cause >= FIRST_STATUS ? "status" : FAILURES[cause].name().toLowerCase(Locale.ROOT);
    }

    /** For a person. */
    static String text(int cause) {
        return cause >= FIRST_STATUS ? "status " + cause : switch (FAILURES[cause]) {
            case CONNECT -> "connect failed";
            case UNANSWERED -> "connection closed before an answer";
            case BROKEN -> "answer broken off";
            case MALFORMED -> "answer is not HTTP";
            case FIRST_BYTE -> "no first byte in time";
            case STALLED -> "answer stood still";
            case CHECK -> "active checks failed";
        };
    }

    /**
     * Why an endpoint is out, for a person.
     *
     * @param cause how it failed last; 429 or 503 where it has too much to do
     * @param failures how often in a row; 0 where it did not fail
     */
    static String reason(int cause, int failures) {
        if (failures == 0) {
            return "answered " + cause;
        }
        if (cause == of(Health.Failure.CHECK)) {
            return text(cause);
        }
        return (failures == 1 ? "1 failure: " : failures + " consecutive failures: ") + text(cause);
    }
}
