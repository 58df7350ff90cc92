package dev.penstock.server.upstream;

/** How a connection to a pod failed a request. What may be done then depends on nothing else. */
public enum UpstreamFailure {
    /** Nothing was sent: the connection never stood. */
    NOT_CONNECTED,
    /** A connection that had been idle was closed before any byte of the answer: the pod may not have seen it. */
    STALE,
    /** A new connection was closed before any byte of the answer. */
    UNANSWERED,
    /** The bytes of the answer are not HTTP. */
    MALFORMED,
    /** The answer began and did not end. */
    BROKEN
}
