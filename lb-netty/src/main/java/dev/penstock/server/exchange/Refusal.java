package dev.penstock.server.exchange;

import dev.penstock.server.body.Violation;
import dev.penstock.spi.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * An answer of our own that is an error.
 *
 * @param code the case
 * @param message text for {@code error.message}
 * @param param value of {@code error.param}, or null
 * @param marker value of the header that marks the case
 * @param retryAfterSeconds value of {@code Retry-After}; -1 for none
 */
record Refusal(ErrorCode code, String message, @Nullable String param, String marker, long retryAfterSeconds) {
    private static final String MARKED = "true";

    static Refusal of(ErrorCode code) {
        return of(code, code.message());
    }

    static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, message, code.param(), MARKED, retryAfter(code));
    }

    static Refusal of(Violation violation) {
        return new Refusal(violation.code(), violation.message(), violation.param(), MARKED,
                retryAfter(violation.code()));
    }

    static Refusal noModelInQuery() {
        return new Refusal(ErrorCode.INVALID_HANDSHAKE, "expected: one model in the query, as in ?model=NAME", "model",
                MARKED, -1);
    }

    static Refusal notChosen(ErrorCode code, String model) {
        return switch (code) {
            case MODEL_NOT_FOUND -> unknownModel(model);
            case NO_READY_POD -> notReady(model);
            default -> of(code);
        };
    }

    static Refusal unknownModel(String model) {
        return new Refusal(ErrorCode.MODEL_NOT_FOUND, "model " + model + " does not exist",
                ErrorCode.MODEL_NOT_FOUND.param(), model.isEmpty() ? MARKED : model, -1);
    }

    static Refusal notReady(String model) {
        return of(ErrorCode.NO_READY_POD, "error on getting pods for model " + model);
    }

    static Refusal rejected(ErrorCode code, String message, long retryAfterSeconds) {
        return new Refusal(code, message, code.param(), MARKED, retryAfterSeconds);
    }

    /** What another try a moment later may cure is said to be so. */
    private static long retryAfter(ErrorCode code) {
        return switch (code) {
            case BODY_BUDGET_EXHAUSTED, ROUTER_OVERLOADED, SHED, ROUTING_TIMEOUT, SHUTTING_DOWN -> 1;
            default -> -1;
        };
    }
}
