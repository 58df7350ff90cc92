package dev.penstock.bench.soak;

import java.util.Locale;

/** How a request ended, as its client sees it. */
enum End {
    /** A whole answer of an engine. */
    WHOLE,
    /** A clear error: a proper status with a body that says so, or an error event at the end of a whole stream. */
    ERROR,
    /** The engine failed after the answer had begun, and the client can tell. */
    BROKEN,
    /** The client went away before the end. */
    LEFT,
    /** Anything else: what the soak looks for. */
    UNEXPLAINED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
