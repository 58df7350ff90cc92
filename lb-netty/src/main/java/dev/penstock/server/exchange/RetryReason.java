package dev.penstock.server.exchange;

import dev.penstock.server.disaggregated.PrefillOutcome;
import java.util.Locale;

/** Why a request is sent once more. */
enum RetryReason {
    /** Nothing was sent: no connection. */
    CONNECT,
    /** An idle connection was closed by the pod at the moment of its use. */
    STALE,
    /** The pod closed a new connection before any byte. */
    RESET,
    /** The pod answered 429 or 503. */
    OVERLOADED,
    /** A prefill endpoint did not compute the prompt, for another reason than these. */
    PREFILL;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The reason for which another pair is tried. */
    static RetryReason of(PrefillOutcome how) {
        return switch (how) {
            case UNREACHABLE -> CONNECT;
            case RESET -> RESET;
            case OVERLOADED -> OVERLOADED;
            default -> PREFILL;
        };
    }

    /** Value of the metric label, and word in the access log. */
    String label() {
        return label;
    }

    /**
     * Whether it is paid for from the retry budget, which keeps retries from adding load to a fleet that has trouble.
     * Where nothing was sent there is no load; and a pod that refuses connections always has the fewest requests in
     * flight, so that it would empty the budget for everybody.
     */
    boolean costsBudget() {
        return this == RESET || this == OVERLOADED || this == PREFILL;
    }
}
