package dev.penstock.server.exchange;

import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The head of a client's request, whoever parsed it. Confined to the event loop of the client's connection, and valid
 * until its exchange has ended.
 */
public interface RequestHead {
    /** The method as sent. */
    String method();

    /** The target as sent. */
    String target();

    /**
     * The value of the first header with a name, or null.
     *
     * @param name in lower case
     */
    @Nullable String header(AsciiString name);

    /** Bytes of the body; 0 where there is none, -1 where they are not known beforehand. */
    long bodyLength();

    /** Tells all headers, in their order. */
    void headers(HeaderSink sink);
}
