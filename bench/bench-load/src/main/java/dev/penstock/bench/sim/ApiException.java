package dev.penstock.bench.sim;

import org.jspecify.annotations.Nullable;

/** A request that an engine declines, with what to answer. Expected, so without a stack trace. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final String code;

    /** Makes one whose code is the status, as vLLM has it. */
    ApiException(int status, String type, String message, @Nullable String param) {
        this(status, type, message, param, Integer.toString(status));
    }

    ApiException(int status, String type, String message, @Nullable String param, String code) {
        super(message, null, false, false);
        this.code = code;
        this.status = status;
        this.type = type;
        this.param = param;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequestError", message, null);
    }

    static ApiException missing(String field) {
        return new ApiException(400, "BadRequestError", "Field required: " + field, field);
    }

    static ApiException notFound(String message, @Nullable String param) {
        return new ApiException(404, "NotFoundError", message, param);
    }

    int status() {
        return status;
    }

    /** Returns the body, shaped for the API that the path belongs to. */
    String body(String path) {
        return ErrorBody.of(path, status, String.valueOf(getMessage()), type, param, code);
    }
}
