package dev.penstock.cache.scrape;

import java.util.Locale;

/**
 * Why there are no new figures of an endpoint. Immutable.
 *
 * @param reason for the operator's counters
 * @param detail for a person
 */
record Refusal(Reason reason, String detail) {

    /** A small number of reasons. */
    enum Reason {
        /** No connection, or it broke. */
        UNREACHABLE,
        /** Not within {@code scrape.timeout}. */
        TIMEOUT,
        /** Not a 200. */
        STATUS,
        /** The answer is no HTTP that is understood. */
        RESPONSE,
        /** Longer than {@code scrape.max-page}, or a line longer than any that engines write. */
        TOO_LARGE,
        /** Ends in the middle. */
        TRUNCATED,
        /** A line that is none of the exposition format. */
        MALFORMED,
        /** A family or a series stands there twice. */
        DUPLICATE,
        /** More series than engines have. */
        TOO_MANY_SERIES,
        /** Nothing on the page that engines of this kind tell. */
        NOTHING_KNOWN,
        /** No agreement on TLS, or not a certificate that is trusted. */
        TLS,
        /** Pages of this kind of engine are not understood. */
        ENGINE;

        /** As a label. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
