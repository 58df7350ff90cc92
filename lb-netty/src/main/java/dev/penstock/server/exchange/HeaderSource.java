package dev.penstock.server.exchange;

import dev.penstock.server.upstream.HeaderSink;

/** Tells the headers that Penstock adds to an answer. */
@FunctionalInterface
public interface HeaderSource {
    /**
     * Tells them.
     *
     * @param sink takes them, only for the call
     */
    void addedHeaders(HeaderSink sink);
}
