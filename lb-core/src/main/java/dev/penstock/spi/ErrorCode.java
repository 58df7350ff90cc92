package dev.penstock.spi;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every way in which Penstock itself ends a request without a pod's answer.
 *
 * <p>The only source of HTTP status, OpenAI-shaped body, marker header and metric label. Names of headers and texts are
 * those that clients of AIBrix know, where it has the case.
 */
public enum ErrorCode {
    /** The bytes are not a valid HTTP request. */
    MALFORMED_REQUEST(400, null, null, null, "malformed HTTP request"),
    /** No such path. */
    UNKNOWN_PATH(501, "x-error-request-body-processing", null, null, "unknown request path"),
    /** The path is known, the method is not. */
    METHOD_NOT_ALLOWED(405, "x-error-request-body-processing", null, null, "method not allowed"),
    /** The body is not what the path asks for; the message says why. */
    INVALID_BODY(400, "x-error-request-body-processing", null, null, "error processing request body"),
    /** A key that decides over routing appears twice, or is escaped: two parsers could read it differently. */
    AMBIGUOUS_BODY(400, "x-error-request-body-processing", null, null, "ambiguous key in the request body"),
    /** A chat without messages. */
    NO_MESSAGES(400, "x-error-request-body-processing", null, "messages", "no messages in the request body"),
    /** Streaming without usage where usage is required. */
    USAGE_REQUIRED(400, "x-error-no-stream-options-include-usage", null, "stream_options",
            "include usage for stream options not set"),
    /** Embeddings cannot be streamed. */
    STREAM_NOT_SUPPORTED(400, "x-error-request-body-processing", null, "stream",
            "stream not supported for embeddings"),
    /** An audio request without {@code multipart/form-data}, or one that cannot be read. */
    INVALID_MULTIPART(400, "x-error-multipart-parsing", null, null,
            "audio requests must use multipart/form-data content-type"),
    /** The body is compressed, and cannot be inspected. */
    ENCODED_BODY(415, "x-error-request-body-processing", null, null, "encoded request bodies are not supported"),
    /** The body is larger than the limit. */
    BODY_TOO_LARGE(413, "x-error-request-body-processing", "body_too_large", null, "request body too large"),
    /** The head is larger than the limit. */
    HEADERS_TOO_LARGE(431, null, "headers_too_large", null, "request headers too large"),
    /** The request line is longer than the limit. */
    TARGET_TOO_LONG(414, null, "target_too_long", null, "request line too long"),
    /** An expectation other than {@code 100-continue}. */
    EXPECTATION_FAILED(417, null, null, null, "only the expectation 100-continue can be met"),
    /** There are as many connections of clients as may be, in all or from one address. */
    TOO_MANY_CONNECTIONS(503, null, "too_many_connections", null, "too many connections; retry shortly"),
    /** All the memory for held bodies is in use. */
    BODY_BUDGET_EXHAUSTED(503, "x-error-request-body-processing", "service_unavailable", null,
            "too many request bodies in memory; retry shortly"),
    /** The client did not send its body in time. */
    REQUEST_TIMEOUT(408, "x-error-request-body-processing", "request_timeout", null,
            "timed out waiting for the request"),
    /** The path is a WebSocket's, and the request does not ask for one, or for a version that is not known. */
    WEBSOCKET_REQUIRED(426, "x-error-websocket", "websocket_required", null,
            "this path takes a WebSocket: GET with Upgrade: websocket and version 13"),
    /** The handshake of a WebSocket is not valid; the message says why. */
    INVALID_HANDSHAKE(400, "x-error-websocket", "invalid_handshake", null, "invalid WebSocket handshake"),
    /** Requests need a key, and this one has none that is known. AIBrix's words. */
    INVALID_API_KEY(401, null, "invalid_api_key", "api_key", "Incorrect API key provided"),
    /** The key of the request is not for the model that it names; the message says which. */
    MODEL_NOT_ALLOWED(403, "x-error-model-not-allowed", "model_not_found", "model",
            "model does not exist or the key may not use it"),
    /** No pod, ready or not, serves the model. */
    MODEL_NOT_FOUND(400, "x-error-no-model-backends", "model_not_found", "model", "model does not exist"),
    /** The model exists, but none of its pods can take a request. */
    NO_READY_POD(503, "x-error-no-model-backends", "service_unavailable", null, "error on getting pods for model"),
    /** The model is known to the pods of a pool, and none of them serves it now; the message says why. */
    MODEL_NOT_ACTIVE(503, "x-error-no-model-backends", "service_unavailable", "model",
            "model is not active; retry shortly"),
    /** The user has sent as many requests in a minute as he may; the message says how many. AIBrix's words. */
    USER_RPM_EXCEEDED(429, "x-error-rpm-exceeded", "rate_limit_exceeded", null,
            "user has exceeded the requests per minute"),
    /** The user has used as many tokens in a minute as he may; the message says how many. AIBrix's words. */
    USER_TPM_EXCEEDED(429, "x-error-tpm-exceeded", "rate_limit_exceeded", null,
            "user has exceeded the tokens per minute"),
    /** Nobody knows the user that the request names, and strangers are not served. */
    UNKNOWN_USER(403, "x-error-user", "unknown_user", "user", "user is not known"),
    /** Limits are kept where nobody answers now, and the configuration wants no request without them. */
    LIMITS_UNAVAILABLE(503, "x-error-limits", "service_unavailable", null,
            "limits cannot be checked now; retry shortly"),
    /** The model has been asked as often as its profile allows; the message says how often that is. */
    MODEL_RPS_EXCEEDED(429, "x-error-model-rps-exceeded", "rate_limit_exceeded", null,
            "model has exceeded its requests per second"),
    /** As many requests of the model are in flight as its profile allows; the message says how many. */
    MODEL_INFLIGHT_EXCEEDED(429, "x-error-model-inflight-exceeded", "rate_limit_exceeded", null,
            "model has exceeded its requests in flight"),
    /** Each endpoint of the model has as many requests as its profile allows; the message says how many. */
    REPLICA_INFLIGHT_EXCEEDED(429, "x-error-model-replica-inflight-exceeded", "replica_inflight_exceeded", null,
            "model has exceeded its requests in flight"),
    /** The strategy that the request names does not exist or cannot be combined. */
    UNKNOWN_STRATEGY(400, "x-error-routing", null, null, "incorrect routing strategy"),
    /** The label selector in {@code external-filter} cannot be parsed. */
    INVALID_FILTER(400, "x-error-routing", null, null, "invalid external-filter"),
    /** A router found no pod for the request. */
    NO_ENDPOINT_SELECTED(503, "x-error-routing", "service_unavailable", null, "error on selecting target pod"),
    /** No roleset has a pod for the prompt and one for the answer, and no pod does both. AIBrix's words. */
    PREFILL_NOT_READY(503, "x-error-routing", "service_unavailable", null,
            "prefill pods are not ready: prefill=0, decode=0"),
    /** The router did not answer before its deadline. */
    ROUTING_TIMEOUT(503, "x-error-routing", "service_unavailable", null, "timed out selecting target pod"),
    /** The mailbox of the shard is full. */
    ROUTER_OVERLOADED(503, "x-error-routing", "router_overloaded", null, "router overloaded; retry shortly"),
    /** A router shed the request. */
    SHED(429, "x-error-routing", "rate_limit_exceeded", null, "too many requests; retry shortly"),
    /** As many requests wait for the model as may, in number or in bytes. */
    QUEUE_FULL(429, "x-error-routing", "queue_full", null,
            "too many requests wait for this model; retry shortly"),
    /** The request has waited for as long as it may, and no endpoint had room for it. */
    QUEUE_TIMEOUT(429, "x-error-routing", "queue_timeout", null,
            "no endpoint had room for the request in time; retry shortly"),
    /** No endpoint can answer the request, or not within the times that were asked for. */
    SLO_UNATTAINABLE(429, "x-error-routing", "slo_unattainable", null,
            "the request cannot be answered within its service level now"),
    /** The request waited, and had to make room for a more urgent one. */
    PREEMPTED(429, "x-error-routing", "preempted", null,
            "the request made room for a more urgent one; retry shortly"),
    /** No endpoint accepted a connection. */
    UPSTREAM_UNREACHABLE(503, "x-error-upstream", "service_unavailable", null, "no endpoint could be reached"),
    /** The endpoint closed or broke the protocol before its answer was whole. */
    UPSTREAM_RESET(502, "x-error-upstream", "bad_gateway", null, "the endpoint closed the connection"),
    /** The endpoint's answer is not valid HTTP. */
    UPSTREAM_MALFORMED(502, "x-error-upstream", "bad_gateway", null, "the endpoint sent a malformed response"),
    /**
     * No endpoint computed the prompt for the one that was to generate the answer.
     *
     * @since 1.2
     */
    PREFILL_FAILED(503, "x-error-upstream", "service_unavailable", null, "no prefill endpoint computed the prompt"),
    /**
     * The endpoint that was to compute the prompt did not answer in time.
     *
     * @since 1.2
     */
    PREFILL_TIMEOUT(504, "x-error-upstream", "timeout", null, "timed out computing the prompt"),
    /** The endpoint sent no first byte in time. */
    FIRST_BYTE_TIMEOUT(504, "x-error-upstream", "timeout", null, "timed out waiting for the first byte"),
    /** The endpoint paused for too long between two chunks. */
    IDLE_TIMEOUT(504, "x-error-upstream", "timeout", null, "timed out waiting for the next chunk"),
    /** The request as a whole took too long. */
    TOTAL_TIMEOUT(504, "x-error-upstream", "timeout", null, "the request took too long"),
    /** No pod is known that holds the response with this id. */
    RESPONSE_NOT_FOUND(404, "x-error-routing", "not_found", "response_id", "response not found"),
    /** The process is shutting down. */
    SHUTTING_DOWN(503, null, "service_unavailable", null, "server shutdown in progress"),
    /** The client went away before the end; no client sees this. */
    CLIENT_GONE(499, null, null, null, "client closed the connection"),
    /** The client took none of the bytes that were there for it; no client sees this. */
    WRITE_TIMEOUT(499, null, null, null, "the client took no bytes in time"),
    /** A fault of Penstock itself. */
    INTERNAL(500, null, null, null, "internal server error");

    private final int status;
    private final @Nullable String markerHeader;
    private final @Nullable String code;
    private final @Nullable String param;
    private final String message;
    private final String label;

    ErrorCode(int status, @Nullable String markerHeader, @Nullable String code, @Nullable String param,
            String message) {
        this.status = status;
        this.markerHeader = markerHeader;
        this.code = code;
        this.param = param;
        this.message = message;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Name of the response header that marks the case, or null where there is none. */
    public @Nullable String markerHeader() {
        return markerHeader;
    }

    /** Value of {@code error.code} in the body, or null. */
    public @Nullable String code() {
        return code;
    }

    /** Value of {@code error.param} in the body, or null. */
    public @Nullable String param() {
        return param;
    }

    /** Default text of {@code error.message}. */
    public String message() {
        return message;
    }

    /** Value of {@code error.type} in the body, by status, as OpenAI's clients know it. */
    public String type() {
        return typeOf(status);
    }

    /** Value of the metric label: the name in lower case. */
    public String label() {
        return label;
    }

    /** Value of {@code error.type} for an HTTP status. */
    public static String typeOf(int status) {
        return switch (status) {
            case 400, 404, 405, 413, 414, 415, 417, 426, 431 -> "invalid_request_error";
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            default -> "api_error";
        };
    }
}
