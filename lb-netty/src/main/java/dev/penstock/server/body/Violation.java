package dev.penstock.server.body;

import dev.penstock.spi.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is refused; a value, because bad requests are expected.
 *
 * @param code the case
 * @param message text for {@code error.message}
 * @param param value of {@code error.param}, or null
 */
public record Violation(ErrorCode code, String message, @Nullable String param) {
    /** A violation with the message and parameter that its code has by default. */
    public static Violation of(ErrorCode code) {
        return new Violation(code, code.message(), code.param());
    }

    /** A body that is not what the path asks for. */
    static Violation invalid(String reason, @Nullable String param) {
        return new Violation(ErrorCode.INVALID_BODY, ErrorCode.INVALID_BODY.message() + ": " + reason, param);
    }
}
