package dev.penstock.bench.sim;

import org.jspecify.annotations.Nullable;

/** Error bodies in the shapes that the official clients turn into their exceptions. */
final class ErrorBody {
    private ErrorBody() {
    }

    /**
     * Returns an error body.
     *
     * @param path the request path: Anthropic's API has a shape of its own
     * @param code the code as JSON
     */
    static String of(String path, int status, String message, String type, @Nullable String param, String code) {
        if (isAnthropic(path)) {
            return "{\"type\":\"error\",\"error\":{\"type\":\"" + anthropicType(status) + "\",\"message\":"
                    + Json.quote(message) + "}}";
        }
        return "{\"error\":{\"message\":" + Json.quote(message) + ",\"type\":" + Json.quote(type) + ",\"param\":"
                + (param == null ? "null" : Json.quote(param)) + ",\"code\":" + code + "}}";
    }

    /** Returns what OpenAI's own service says with the status, for errors on demand. */
    static String onDemand(String path, int status) {
        String message = "Simulated fault: " + status;
        return switch (status) {
            case 400, 422 -> of(path, status, message, "invalid_request_error", null, "null");
            case 401 -> of(path, status, message, "invalid_request_error", null, "\"invalid_api_key\"");
            case 403 -> of(path, status, message, "invalid_request_error", null, "\"permission_denied\"");
            case 404 -> of(path, status, message, "invalid_request_error", "model", "\"model_not_found\"");
            case 429 -> of(path, status, message, "requests", null, "\"rate_limit_exceeded\"");
            case 503 -> of(path, status, message, "server_error", null, "\"service_unavailable\"");
            default -> of(path, status, message, status < 500 ? "invalid_request_error" : "server_error", null, "null");
        };
    }

    /** Returns the event with which a stream ends that breaks in the middle. */
    static String event(String path) {
        String body = of(path, 500, "Simulated fault in mid-stream", "InternalServerError", null, "500");
        return isAnthropic(path)
                ? "event: error\ndata: " + body + "\n\n"
                : "data: " + body + "\n\ndata: [DONE]\n\n";
    }

    private static boolean isAnthropic(String path) {
        return path.startsWith("/v1/messages");
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
