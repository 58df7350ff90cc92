package dev.penstock.server.frontend;

import io.netty.handler.codec.http.HttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a client has sent ahead of the answer that it waits for. Confined to one event loop. */
final class Pipelined {
    /** How much is read ahead; one more read may come on top. */
    static final int MOST_BYTES = 64 * 1024;
    private static final int HEAD_BYTES = 1024;

    private @Nullable ArrayDeque<Object> messages;
    private long bytes;

    boolean isEmpty() {
        return messages == null || messages.isEmpty();
    }

    boolean full() {
        return bytes > MOST_BYTES;
    }

    void add(Object message) {
        if (messages == null) {
            messages = new ArrayDeque<>();
        }
        messages.addLast(message);
        bytes += size(message);
    }

    @Nullable Object poll() {
        Object message = messages == null ? null : messages.pollFirst();
        if (message != null) {
            bytes -= size(message);
        }
        return message;
    }

    void clear() {
        Object message;
        while ((message = poll()) != null) {
            ReferenceCountUtil.release(message);
        }
    }

    private static int size(Object message) {
        return message instanceof HttpContent content ? content.content().readableBytes() : HEAD_BYTES;
    }
}
