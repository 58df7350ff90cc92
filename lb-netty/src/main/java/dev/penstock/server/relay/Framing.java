package dev.penstock.server.relay;

/** How the end of a body is told. */
public enum Framing {
    /** There is no body. */
    NONE,
    /** By {@code Content-Length}. */
    LENGTH,
    /** By chunks. */
    CHUNKED,
    /** By the end of the connection. */
    UNTIL_CLOSE
}
