package dev.penstock.server.frontend;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a client has sent ahead of the answer that it waits for, as it was read. Confined to one event loop. */
final class Pipelined {
    /** How much is read ahead; one more read may come on top. */
    static final int MOST_BYTES = 64 * 1024;
    /** What a buffer costs beside its bytes: many small reads are not for nothing. */
    private static final int BUFFER_BYTES = 512;

    private @Nullable ArrayDeque<ByteBuf> buffers;
    private long bytes;

    boolean isEmpty() {
        return buffers == null || buffers.isEmpty();
    }

    boolean full() {
        return bytes > MOST_BYTES;
    }

    /** Adds bytes that were read; taken over. */
    void add(ByteBuf read) {
        queue().addLast(read);
        bytes += size(read);
    }

    /** Puts back what is left of the bytes that were polled last; taken over. */
    void putBack(ByteBuf rest) {
        queue().addFirst(rest);
        bytes += size(rest);
    }

    /** The next bytes, for the caller to release. */
    @Nullable ByteBuf poll() {
        ByteBuf next = buffers == null ? null : buffers.pollFirst();
        if (next != null) {
            bytes -= size(next);
        }
        return next;
    }

    void clear() {
        ByteBuf next;
        while ((next = poll()) != null) {
            next.release();
        }
    }

    private ArrayDeque<ByteBuf> queue() {
        ArrayDeque<ByteBuf> queue = buffers;
        if (queue == null) {
            queue = new ArrayDeque<>();
            buffers = queue;
        }
        return queue;
    }

    private static int size(ByteBuf buffer) {
        return buffer.readableBytes() + BUFFER_BYTES;
    }
}
