package dev.penstock.bench.soak;

/** How a request over HTTP/2 ended for its client. */
sealed interface Http2End {
    /**
     * With an answer, or with what came of it.
     *
     * @param answer all that came
     */
    record Answered(Answer answer) implements Http2End { }

    /** By its own will, or with a connection that the clients gave up. */
    record Left() implements Http2End { }
}
