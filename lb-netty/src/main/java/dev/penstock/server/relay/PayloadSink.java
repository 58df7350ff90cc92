package dev.penstock.server.relay;

import io.netty.buffer.ByteBuf;

/** Takes the payload of a body, without its framing, span by span. */
public interface PayloadSink {
    /**
     * The next bytes of the payload. The buffer is only lent for the call, and its indices stay where they are.
     *
     * @param index absolute index of the first byte
     * @param length number of bytes, at least 1
     */
    void payload(ByteBuf buffer, int index, int length);
}
