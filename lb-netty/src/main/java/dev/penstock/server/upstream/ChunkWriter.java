package dev.penstock.server.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundInvoker;

/** Writes payload as chunks (RFC 9112, 7.1). Holds no state. */
public final class ChunkWriter {
    private static final int CRLF = '\r' << 8 | '\n';
    private static final int SIZE_ROOM = 18;

    private ChunkWriter() {
    }

    /**
     * Writes one chunk, and does not flush.
     *
     * @param payload not empty; taken over
     */
    public static void write(ChannelOutboundInvoker to, ByteBufAllocator alloc, ByteBuf payload) {
        ByteBuf size = alloc.ioBuffer(SIZE_ROOM);
        writeSize(size, payload.readableBytes());
        to.write(size, to.voidPromise());
        to.write(payload, to.voidPromise());
        to.write(alloc.ioBuffer(2).writeShort(CRLF), to.voidPromise());
    }

    /** Writes the chunk that ends a body, and does not flush. */
    public static void writeLast(ChannelOutboundInvoker to, ByteBufAllocator alloc) {
        ByteBuf last = alloc.ioBuffer(5);
        last.writeByte('0').writeShort(CRLF).writeShort(CRLF);
        to.write(last, to.voidPromise());
    }

    /** Writes the line before a chunk. */
    public static void writeSize(ByteBuf out, int size) {
        int shift = 28;
        while (shift > 0 && size >>> shift == 0) {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4) {
            out.writeByte("0123456789abcdef".charAt(size >>> shift & 15));
        }
        out.writeShort(CRLF);
    }
}
