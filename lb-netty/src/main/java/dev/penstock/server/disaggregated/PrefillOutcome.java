package dev.penstock.server.disaggregated;

import dev.penstock.spi.ErrorCode;
import java.util.Locale;

/** How the call of a prefill endpoint ended. */
public enum PrefillOutcome {
    /** The prompt is computed, and the decode endpoint knows where. */
    COMPLETED(ErrorCode.PREFILL_FAILED),
    /** The endpoint has answered, and said nothing that could be handed over. */
    NOTHING_TO_HAND_OVER(ErrorCode.PREFILL_FAILED),
    /** The endpoint refused the request as the client's fault: the client gets that answer. */
    REFUSED(ErrorCode.PREFILL_FAILED),
    /** No connection. */
    UNREACHABLE(ErrorCode.UPSTREAM_UNREACHABLE),
    /** The connection ended, or broke the protocol, before the answer was whole. */
    RESET(ErrorCode.PREFILL_FAILED),
    /** 429 or 503. */
    OVERLOADED(ErrorCode.PREFILL_FAILED),
    /** Any other status that is no success. */
    FAILED(ErrorCode.PREFILL_FAILED),
    /** The answer is too large, compressed, or not what the connector's engines answer. */
    UNUSABLE(ErrorCode.PREFILL_FAILED),
    /** The answer did not come in time. */
    TIMEOUT(ErrorCode.PREFILL_TIMEOUT),
    /** Nobody wants it any more: the client has gone, or the decode endpoint has failed or was quicker. */
    CANCELED(ErrorCode.CLIENT_GONE);

    private final ErrorCode error;
    private final String label = name().toLowerCase(Locale.ROOT);

    PrefillOutcome(ErrorCode error) {
        this.error = error;
    }

    /** What the client is told where there is no other pair to try. */
    public ErrorCode error() {
        return error;
    }

    /** Value of the metric label. */
    public String label() {
        return label;
    }
}
