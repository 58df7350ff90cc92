package dev.penstock.bench.sim;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an engine with an {@link InstantReply}: finds where each request ends and nothing else, and writes
 * bytes that were encoded before. What is no POST with a {@code Content-Length} is left to a {@link ConnectionHandler},
 * which gives the connection back when it has answered. Confined to the engine's event loop.
 */
final class InstantHandler extends ChannelInboundHandlerAdapter implements EngineServer.Connection {
    private static final byte[] CONTENT_LENGTH = {'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n', 'g', 't', 'h',
            ':'};

    private final EngineCore engine;
    private final EngineServer server;
    private final InstantAnswer answer;
    private final Runnable streamDone = this::streamDone;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf partialHead;
    private int bodyLeft;
    private int owed;
    private boolean streaming;
    private boolean written;
    private boolean used;
    private long idleSinceNanos;

    InstantHandler(EngineCore engine, EngineServer server, InstantAnswer answer) {
        this.engine = engine;
        this.server = server;
        this.answer = answer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        server.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        idleSinceNanos = 0;
        ByteBuf bytes = (ByteBuf) message;
        ByteBuf partial = partialHead;
        if (partial != null) {
            // Copied, since what was read cannot be appended to; it happens once in many requests.
            partialHead = null;
            bytes = ctx.alloc().buffer(partial.readableBytes() + bytes.readableBytes());
            bytes.writeBytes(partial).writeBytes((ByteBuf) message);
            partial.release();
            ((ByteBuf) message).release();
        }
        while (bytes.isReadable()) {
            if (bodyLeft > 0) {
                int skipped = Math.min(bodyLeft, bytes.readableBytes());
                bytes.skipBytes(skipped);
                bodyLeft -= skipped;
            } else if (bytes.getByte(bytes.readerIndex()) != 'P' || !skipHead(bytes)) {
                if (bytes.getByte(bytes.readerIndex()) == 'P' && !hasHeadEnd(bytes)) {
                    partialHead = bytes;
                    return;
                }
                handOver(ctx, bytes);
                return;
            }
            if (bodyLeft == 0) {
                received(ctx);
            }
        }
        bytes.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (written) {
            written = false;
            ctx.flush();
            idleSinceNanos = System.nanoTime();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        server.closed(this);
        if (partialHead != null) {
            partialHead.release();
            partialHead = null;
        }
        int unanswered = owed + (streaming ? 1 : 0);
        engine.counters().aborted().add(unanswered);
        engine.counters().inFlight().add(-unanswered);
        owed = 0;
        streaming = false;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public boolean idleSince(long nanos) {
        return idleSinceNanos != 0 && idleSinceNanos - nanos <= 0;
    }

    @Override
    public void close(boolean reset) {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            if (reset) {
                Wire.reset(ctx);
            } else {
                ctx.close();
            }
        }
    }

    /** Skips one head and learns the body's length; false, and nothing skipped, if it is not whole or has no length. */
    private boolean skipHead(ByteBuf bytes) {
        int length = -1;
        int line = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (true) {
            int feed = bytes.indexOf(line, end, (byte) '\n');
            if (feed < 0) {
                return false;
            }
            if (feed - line <= 1) {
                if (length < 0) {
                    return false;
                }
                bytes.readerIndex(feed + 1);
                bodyLeft = length;
                return true;
            }
            if (feed - line > CONTENT_LENGTH.length && (bytes.getByte(line) | 0x20) == 'c') {
                length = Math.max(length, contentLength(bytes, line, feed));
            }
            line = feed + 1;
        }
    }

    private static int contentLength(ByteBuf bytes, int line, int feed) {
        for (int i = 1; i < CONTENT_LENGTH.length - 1; i++) {
            if ((bytes.getByte(line + i) | 0x20) != CONTENT_LENGTH[i]) {
                return -1;
            }
        }
        int length = 0;
        for (int i = line + CONTENT_LENGTH.length; i < feed; i++) {
            byte digit = bytes.getByte(i);
            if (digit >= '0' && digit <= '9') {
                length = length * 10 + digit - '0';
            }
        }
        return length;
    }

    private static boolean hasHeadEnd(ByteBuf bytes) {
        int previous = -3;
        for (int i = bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), (byte) '\n'); i >= 0;
                i = bytes.indexOf(i + 1, bytes.writerIndex(), (byte) '\n')) {
            if (i - previous == 2) {
                return true;
            }
            previous = i;
        }
        return false;
    }

    private void received(ChannelHandlerContext ctx) {
        engine.counters().begun();
        if (!used) {
            used = true;
            engine.counters().used().increment();
        }
        if (streaming) {
            owed++;
        } else {
            answer(ctx);
        }
    }

    private void answer(ChannelHandlerContext ctx) {
        streaming = true;
        if (answer.write(ctx, streamDone)) {
            streaming = false;
            written = true;
            ended();
        }
    }

    private void streamDone() {
        streaming = false;
        ended();
        ChannelHandlerContext ctx = context;
        if (owed > 0 && ctx != null) {
            owed--;
            answer(ctx);
            return;
        }
        idleSinceNanos = System.nanoTime();
        ByteBuf waiting = partialHead;
        if (waiting != null && ctx != null) {
            partialHead = null;
            channelRead(ctx, waiting);
        }
    }

    private void ended() {
        engine.counters().completed().increment();
        engine.counters().inFlight().decrement();
    }

    private void handOver(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (streaming) {
            partialHead = bytes;
            return;
        }
        ctx.flush();
        ConnectionHandler simulating = new ConnectionHandler(engine, server);
        server.replaced(this, simulating);
        ctx.pipeline().replace(this, null, simulating);
        ctx.pipeline().fireChannelRead(bytes);
    }
}
