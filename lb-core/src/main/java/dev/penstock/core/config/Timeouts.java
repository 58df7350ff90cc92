package dev.penstock.core.config;

import java.util.List;

/**
 * How long a request may wait for each thing. In nanoseconds, 0 meaning for ever.
 *
 * @param connectNanos until a connection to an endpoint must stand
 * @param firstByteNanos until a streamed answer must begin
 * @param unaryFirstByteNanos until any other answer must begin
 * @param idleNanos between two chunks of an answer
 * @param totalNanos from the head of the request to the end of the answer
 * @param headerNanos until a request's head must be there
 * @param bodyNanos between two parts of a request's body
 * @param websocketIdleNanos until something moves on a WebSocket, in either direction
 */
public record Timeouts(long connectNanos, long firstByteNanos, long unaryFirstByteNanos, long idleNanos,
        long totalNanos, long headerNanos, long bodyNanos, long websocketIdleNanos) {

    /** Connect timeout. */
    public static final Setting<Long> CONNECT = Setting.duration("timeouts.connect", "2s", true,
            "Time to connect to an endpoint; then another one is tried.");
    /** First byte timeout. */
    public static final Setting<Long> FIRST_BYTE = Setting.duration("timeouts.first-byte", "300s", true,
            "Time to the first byte of a streamed answer; then 504.");
    /** First byte timeout of answers that are not streamed. */
    public static final Setting<Long> UNARY_FIRST_BYTE = Setting.duration("timeouts.first-byte-unary", "off", true,
            "Time to the first byte of an answer that is not streamed: all of its generation; then 504.");
    /** Idle timeout. */
    public static final Setting<Long> IDLE = Setting.duration("timeouts.idle", "60s", true,
            "Longest pause between two chunks of an answer.");
    /** Total timeout. */
    public static final Setting<Long> TOTAL = Setting.duration("timeouts.total", "off", true,
            "Longest time of a request as a whole.");
    /** Header timeout. */
    public static final Setting<Long> HEADER = Setting.duration("timeouts.header", "10s", true,
            "Time for a client to send the head of a request.");
    /** Body timeout. */
    public static final Setting<Long> BODY = Setting.duration("timeouts.body", "30s", true,
            "Longest pause between two parts of a request's body.");
    /** Idle timeout of WebSockets. */
    public static final Setting<Long> WEBSOCKET_IDLE = Setting.duration("timeouts.websocket-idle", "10m", true,
            "Longest time in which nothing moves on a WebSocket, in either direction; then it is closed.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(CONNECT, FIRST_BYTE, UNARY_FIRST_BYTE, IDLE, TOTAL, HEADER,
            BODY, WEBSOCKET_IDLE);

    static Timeouts from(Settings settings) {
        return new Timeouts(settings.get(CONNECT), settings.get(FIRST_BYTE), settings.get(UNARY_FIRST_BYTE),
                settings.get(IDLE), settings.get(TOTAL), settings.get(HEADER), settings.get(BODY),
                settings.get(WEBSOCKET_IDLE));
    }
}
