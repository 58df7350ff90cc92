package dev.penstock.server.exchange;

import io.netty.util.AsciiString;

/** Names and values of headers, in the form in which they are compared and written. */
public final class HeaderNames {
    /** {@code accept-encoding}. */
    public static final AsciiString ACCEPT_ENCODING = AsciiString.cached("accept-encoding");
    /** {@code allow}. */
    public static final AsciiString ALLOW = AsciiString.cached("allow");
    /** {@code authorization}. */
    public static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");
    /** {@code config-profile}: the profile that a client wants. */
    public static final AsciiString CONFIG_PROFILE = AsciiString.cached("config-profile");
    /** {@code connection}. */
    public static final AsciiString CONNECTION = AsciiString.cached("connection");
    /** {@code content-encoding}. */
    public static final AsciiString CONTENT_ENCODING = AsciiString.cached("content-encoding");
    /** {@code content-length}. */
    public static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    /** {@code content-type}. */
    public static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    /** {@code expect}. */
    public static final AsciiString EXPECT = AsciiString.cached("expect");
    /** {@code external-filter}: label selector over the candidates. */
    public static final AsciiString EXTERNAL_FILTER = AsciiString.cached("external-filter");
    /** {@code forwarded}: where a request comes from (RFC 7239). */
    public static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    /** {@code host}. */
    public static final AsciiString HOST = AsciiString.cached("host");
    /** {@code request-id}: id of the request, to clients. */
    public static final AsciiString REQUEST_ID = AsciiString.cached("request-id");
    /** {@code retry-after}. */
    public static final AsciiString RETRY_AFTER = AsciiString.cached("retry-after");
    /** {@code routing-strategy}: the strategy, asked for or used. */
    public static final AsciiString ROUTING_STRATEGY = AsciiString.cached("routing-strategy");
    /** {@code target-pod}: the address to pods, the name to clients. */
    public static final AsciiString TARGET_POD = AsciiString.cached("target-pod");
    /** {@code target-pod-ip}: address of the endpoint, to clients. */
    public static final AsciiString TARGET_POD_IP = AsciiString.cached("target-pod-ip");
    /** {@code te}. */
    public static final AsciiString TE = AsciiString.cached("te");
    /** {@code traceparent}. */
    public static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    /** {@code tracestate}. */
    public static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    /** {@code trailer}. */
    public static final AsciiString TRAILER = AsciiString.cached("trailer");
    /** {@code transfer-encoding}. */
    public static final AsciiString TRANSFER_ENCODING = AsciiString.cached("transfer-encoding");
    /** {@code sec-websocket-key}. */
    public static final AsciiString WEBSOCKET_KEY = AsciiString.cached("sec-websocket-key");
    /** {@code sec-websocket-protocol}. */
    public static final AsciiString WEBSOCKET_PROTOCOL = AsciiString.cached("sec-websocket-protocol");
    /** {@code sec-websocket-version}. */
    public static final AsciiString WEBSOCKET_VERSION = AsciiString.cached("sec-websocket-version");
    /** {@code upgrade}. */
    public static final AsciiString UPGRADE = AsciiString.cached("upgrade");
    /** {@code user}. */
    public static final AsciiString USER = AsciiString.cached("user");
    /** {@code www-authenticate}: how a client would have to show who it is. */
    public static final AsciiString WWW_AUTHENTICATE = AsciiString.cached("www-authenticate");
    /** {@code x-aibrix-session-key}. */
    public static final AsciiString SESSION_KEY = AsciiString.cached("x-aibrix-session-key");
    /** {@code x-forwarded-for}. */
    public static final AsciiString X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    /** {@code x-forwarded-host}. */
    public static final AsciiString X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
    /** {@code x-forwarded-proto}. */
    public static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
    /** {@code x-real-ip}. */
    public static final AsciiString X_REAL_IP = AsciiString.cached("x-real-ip");
    /** {@code x-api-key}: where Anthropic's clients send their key. */
    public static final AsciiString X_API_KEY = AsciiString.cached("x-api-key");
    /** {@code x-penstock-routing}: asks for the notes of routers, in a header of the same name of the answer. */
    public static final AsciiString ROUTING = AsciiString.cached("x-penstock-routing");
    /** {@code x-penstock-timing}: asks for {@code Server-Timing} in the answer. */
    public static final AsciiString TIMING = AsciiString.cached("x-penstock-timing");
    /** {@code x-request-id}. */
    public static final AsciiString X_REQUEST_ID = AsciiString.cached("x-request-id");
    /** {@code x-session-id}. */
    public static final AsciiString SESSION_ID = AsciiString.cached("x-session-id");
    /** {@code x-request-priority}: how urgent a client finds its request. */
    public static final AsciiString REQUEST_PRIORITY = AsciiString.cached("x-request-priority");
    /** {@code x-slo-ttft-ms}: time to first token that a client wants. */
    public static final AsciiString SLO_TTFT = AsciiString.cached("x-slo-ttft-ms");
    /** {@code x-slo-tpot-ms}: time for each further token that a client wants. */
    public static final AsciiString SLO_TPOT = AsciiString.cached("x-slo-tpot-ms");
    /** {@code x-went-into-req-headers}: tells that the request came through here. */
    public static final AsciiString WENT_INTO = AsciiString.cached("x-went-into-req-headers");
    /** {@code keep-alive}. */
    public static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    /** The value {@code websocket}. */
    public static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
    /** The value {@code true}. */
    public static final AsciiString TRUE = AsciiString.cached("true");
    /** The value {@code application/json}. */
    public static final AsciiString JSON = AsciiString.cached("application/json");

    private HeaderNames() {
    }
}
