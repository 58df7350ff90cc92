package dev.penstock.server.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What is on its way to the client of one stream: waits for the client's window and for room in the channel, and goes
 * out as DATA. Confined to one event loop.
 *
 * <p>One object for all of an answer, and no promise for a frame: a chunk costs one entry in a queue and one write.
 */
final class ResponseBody implements FlowControlled {
    private static final int HEADER_LENGTH = 9;
    private static final int DATA = 0;
    private static final int END_STREAM = 1;
    /** Up to this length what goes out is copied behind its frame header: one buffer costs less than two. */
    private static final int COPIED = 4 * 1024;

    private final RequestStream stream;
    private final ArrayDeque<ByteBuf> buffers = new ArrayDeque<>(2);
    private @Nullable ByteBuf added;
    private int size;
    private boolean last;
    private boolean ended;

    ResponseBody(RequestStream stream) {
        this.stream = stream;
    }

    /** Adds bytes, which are taken over. */
    void add(Http2RemoteFlowController controller, ByteBuf bytes) {
        if (controller.hasFlowControlled(stream.netty())) {
            // The controller counts by how much this one grows when it is merged with itself.
            added = bytes;
        } else {
            take(bytes);
        }
        controller.addFlowControlled(stream.netty(), this);
    }

    /** Nothing more comes. */
    void end(Http2RemoteFlowController controller) {
        last = true;
        if (!controller.hasFlowControlled(stream.netty())) {
            controller.addFlowControlled(stream.netty(), this);
        }
    }

    private void take(ByteBuf bytes) {
        buffers.addLast(bytes);
        size += bytes.readableBytes();
    }

    /** Whether the end has been sent. */
    boolean ended() {
        return ended;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
        ByteBuf bytes = added;
        if (next != this || bytes == null) {
            return false;
        }
        added = null;
        take(bytes);
        return true;
    }

    @Override
    public void write(ChannelHandlerContext ctx, int allowedBytes) {
        int left = Math.min(size, allowedBytes);
        int largest = stream.maxFrameSize();
        do {
            int length = Math.min(left, largest);
            left -= length;
            size -= length;
            boolean end = last && size == 0;
            if (length > 0 || end) {
                frame(ctx, length, end);
            }
        } while (left > 0);
        stream.sentBody();
    }

    private void frame(ChannelHandlerContext ctx, int length, boolean end) {
        ended |= end;
        boolean copied = length <= COPIED;
        ByteBuf out = ctx.alloc().ioBuffer(HEADER_LENGTH + (copied ? length : 0));
        out.writeMedium(length).writeByte(DATA).writeByte(end ? END_STREAM : 0).writeInt(stream.id());
        if (!copied) {
            ctx.write(out, ctx.voidPromise());
        }
        int left = length;
        while (left > 0) {
            ByteBuf from = buffers.getFirst();
            int count = Math.min(left, from.readableBytes());
            left -= count;
            boolean all = count == from.readableBytes();
            if (copied) {
                out.writeBytes(from, count);
            } else {
                ctx.write(all ? from : from.readRetainedSlice(count), ctx.voidPromise());
            }
            if (all) {
                buffers.removeFirst();
                if (copied) {
                    from.release();
                }
            }
        }
        if (copied) {
            ctx.write(out, ctx.voidPromise());
        }
    }

    @Override
    public void writeComplete() {
        if (ended) {
            stream.ended();
        }
    }

    /** The stream is closed before everything was sent. */
    @Override
    public void error(ChannelHandlerContext ctx, Throwable cause) {
        size = 0;
        ByteBuf bytes = added;
        added = null;
        if (bytes != null) {
            bytes.release();
        }
        while ((bytes = buffers.pollFirst()) != null) {
            bytes.release();
        }
    }
}
