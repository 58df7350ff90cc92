package dev.penstock.server.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * What passes of one read: a slice of it as long as that will do, else a copy with the changes. Confined to one event
 * loop.
 */
final class FilteredBytes {
    private static final int CRLF = ('\r' << 8) | '\n';
    private static final byte[] LAST_CHUNK_LINE = "0\r\n".getBytes(StandardCharsets.US_ASCII);

    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    private ByteBuf copy = Unpooled.EMPTY_BUFFER;
    private boolean copied;
    private int sliceStart;
    private int sliceEnd;

    void begin(ByteBuf buffer, int index, ByteBufAllocator buffers) {
        in = buffer;
        allocator = buffers;
        copied = false;
        sliceStart = index;
        sliceEnd = index;
    }

    /** The result, for the caller to release. */
    ByteBuf end() {
        ByteBuf result = copied ? copy : slice();
        in = Unpooled.EMPTY_BUFFER;
        copy = Unpooled.EMPTY_BUFFER;
        return result;
    }

    private ByteBuf slice() {
        // An ordinary chunk passes as a whole: no slice of it is needed.
        return sliceStart == in.readerIndex() && sliceEnd == in.writerIndex() ? in.retain()
                : in.retainedSlice(sliceStart, sliceEnd - sliceStart);
    }

    /** Bytes of the read pass. */
    void pass(int from, int to) {
        if (!copied && sliceStart == sliceEnd) {
            sliceStart = from;
            sliceEnd = to;
        } else if (!copied && from == sliceEnd) {
            sliceEnd = to;
        } else {
            copy().writeBytes(in, from, to - from);
        }
    }

    void insert(byte[] bytes, int length) {
        copy().writeBytes(bytes, 0, length);
    }

    void insertChunk(byte[] bytes, int length) {
        insertChunkLine(length);
        insert(bytes, length);
        insertLineEnd();
    }

    void insertChunkLine(int length) {
        copy().writeCharSequence(Integer.toHexString(length), StandardCharsets.US_ASCII);
        insertLineEnd();
    }

    void insertLastChunkLine() {
        copy().writeBytes(LAST_CHUNK_LINE);
    }

    void insertLineEnd() {
        copy().writeShort(CRLF);
    }

    private ByteBuf copy() {
        if (!copied) {
            copied = true;
            copy = allocator.buffer(sliceEnd - sliceStart + 256);
            copy.writeBytes(in, sliceStart, sliceEnd - sliceStart);
        }
        return copy;
    }
}
