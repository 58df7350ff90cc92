package dev.penstock.server.upstream;

/** The head of a request as a connection writes it. Confined to the event loop of the connection. */
public interface UpstreamRequest {
    /** The method, upper case. */
    String method();

    /** Path and query. */
    String target();

    /** Whether it asks that the connection becomes a WebSocket. */
    boolean websocket();

    /**
     * Tells all headers but {@code Host} and those of the connection and of the framing, which are the connection's.
     *
     * @param sink takes them, only for the call
     */
    void headers(HeaderSink sink);
}
