package dev.penstock.server.exchange;

import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.server.body.Violation;
import dev.penstock.spi.ErrorCode;
import java.util.Locale;
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
    /** About as long as it takes to wake a model. */
    private static final long CLAIM_SECONDS = 10;

    static Refusal of(ErrorCode code) {
        return of(code, code.message());
    }

    static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, message, code.param(), marker(code), retryAfter(code));
    }

    static Refusal of(Violation violation) {
        return new Refusal(violation.code(), violation.message(), violation.param(), MARKED,
                retryAfter(violation.code()));
    }

    static Refusal noModelInQuery() {
        return new Refusal(ErrorCode.INVALID_HANDSHAKE, "expected: one model in the query, as in ?model=NAME", "model",
                MARKED, -1);
    }

    static Refusal notChosen(ErrorCode code, String model, int mostInFlight) {
        return switch (code) {
            case REPLICA_INFLIGHT_EXCEEDED -> of(code, "model: " + model + " has exceeded replica inflight limit: "
                    + mostInFlight);
            case MODEL_NOT_FOUND -> unknownModel(model);
            case NO_READY_POD -> notReady(model);
            default -> of(code);
        };
    }

    static Refusal unknownModel(String model) {
        return new Refusal(ErrorCode.MODEL_NOT_FOUND, "model " + model + " does not exist",
                ErrorCode.MODEL_NOT_FOUND.param(), model.isEmpty() ? MARKED : model, -1);
    }

    /** The same for what there is and for what there is not. */
    static Refusal notAllowed(String model) {
        return of(ErrorCode.MODEL_NOT_ALLOWED, "model " + model + " does not exist or the key may not use it");
    }

    static Refusal notReady(String model) {
        return of(ErrorCode.NO_READY_POD, "error on getting pods for model " + model);
    }

    /** Why a model that nobody can be asked for is not served: where pods claim it, how far they are with it. */
    static Refusal notServed(Model model, String named) {
        ModelClaim.State state = model.claimState();
        if (state == null || state == ModelClaim.State.ACTIVE) {
            return notReady(named);
        }
        ErrorCode code = ErrorCode.MODEL_NOT_ACTIVE;
        return new Refusal(code, "model " + named + " is " + state.name().toLowerCase(Locale.ROOT)
                + "; retry shortly", code.param(), named, state == ModelClaim.State.FAILED ? -1 : CLAIM_SECONDS);
    }

    static Refusal rejected(ErrorCode code, String message, long retryAfterSeconds) {
        return new Refusal(code, message, code.param(), MARKED, retryAfterSeconds);
    }

    /** Where the header asks for a reason, the reason. */
    private static String marker(ErrorCode code) {
        return switch (code) {
            case QUEUE_FULL, QUEUE_TIMEOUT, SLO_UNATTAINABLE, PREEMPTED -> code.label();
            default -> MARKED;
        };
    }

    /** What another try a moment later may cure is said to be so. */
    private static long retryAfter(ErrorCode code) {
        return switch (code) {
            case BODY_BUDGET_EXHAUSTED, ROUTER_OVERLOADED, SHED, ROUTING_TIMEOUT, SHUTTING_DOWN,
                    REPLICA_INFLIGHT_EXCEEDED, QUEUE_FULL, QUEUE_TIMEOUT, SLO_UNATTAINABLE, PREEMPTED -> 1;
            default -> -1;
        };
    }
}
