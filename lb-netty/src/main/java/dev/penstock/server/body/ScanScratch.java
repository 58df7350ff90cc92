package dev.penstock.server.body;

import io.netty.buffer.ByteBuf;

/**
 * Room to look at the bytes of direct buffers as an array. Confined to one event loop, and shared by all its scanners.
 *
 * <p>Copying a block and walking an array costs less than asking a buffer for each byte, with its checks.
 */
public final class ScanScratch {
    private static final int BLOCK = 8192;

    private final byte[] block = new byte[BLOCK];

    /** Makes the room; one for each event loop. */
    public ScanScratch() {
    }

    /**
     * Hands bytes of a buffer to a sink, in order.
     *
     * @param index absolute index of the first byte
     * @param length number of bytes
     */
    public void feed(ByteBuf buffer, int index, int length, ByteSink sink) {
        if (buffer.hasArray()) {
            int from = buffer.arrayOffset() + index;
            sink.accept(buffer.array(), from, from + length);
            return;
        }
        int at = index;
        int end = index + length;
        while (at < end) {
            int count = Math.min(BLOCK, end - at);
            buffer.getBytes(at, block, 0, count);
            sink.accept(block, 0, count);
            at += count;
        }
    }
}
