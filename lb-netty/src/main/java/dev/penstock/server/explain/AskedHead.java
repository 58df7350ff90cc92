package dev.penstock.server.explain;

import dev.penstock.server.exchange.RequestHead;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request that is asked about: the call that the question names, with the headers of the question.
 *
 * @param target the call
 * @param headers the value of a header, or null
 * @param bodyLength bytes of the body
 */
record AskedHead(String target, Function<String, @Nullable String> headers, long bodyLength) implements RequestHead {

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public @Nullable String header(AsciiString name) {
        return headers.apply(name.toString());
    }

    /** Tells none: nothing is sent. */
    @Override
    public void headers(HeaderSink sink) {}
}
