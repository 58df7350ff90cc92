package dev.penstock.server.exchange;

/** Why a request is sent once more. */
enum RetryReason {
    /** Nothing was sent: no connection. */
    CONNECT,
    /** An idle connection was closed by the pod at the moment of its use. */
    STALE,
    /** The pod closed a new connection before any byte. */
    RESET,
    /** The pod answered 429 or 503. */
    OVERLOADED
}
