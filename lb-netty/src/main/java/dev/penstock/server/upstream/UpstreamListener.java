package dev.penstock.server.upstream;

import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Whoever uses a connection for one request. Called on the connection's event loop. No call comes after the last byte,
 * after {@link #failed}, or after {@link UpstreamConnection#abort}.
 */
public interface UpstreamListener {
    /** The connection stands; the request can be sent. Not called for connections that were idle in the pool. */
    void connected();

    /** The first byte of the answer is there. */
    void firstByte();

    /**
     * The head of the answer.
     *
     * @param head valid until the answer is complete
     * @return told of each span of payload, before {@link #body} gets the bytes that hold it; or null
     */
    @Nullable PayloadSink head(ResponseHead head);

    /**
     * Bytes of the body with their framing, as they were read.
     *
     * @param bytes perhaps empty; the listener releases them
     * @param last whether the answer is complete
     */
    void body(ByteBuf bytes, boolean last);

    /** No more bytes can be read for now: what was written on their account can be flushed. */
    void readComplete();

    /** The connection takes bytes of a request's body again, or does not any more. */
    void writabilityChanged();

    /** The connection is of no use any more. */
    void failed(UpstreamFailure failure);
}
