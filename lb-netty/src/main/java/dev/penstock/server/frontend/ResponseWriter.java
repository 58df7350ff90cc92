package dev.penstock.server.frontend;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.HeaderSource;
import dev.penstock.server.relay.Framing;
import dev.penstock.server.relay.HeadBuilder;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.relay.ResponseHeadWriter;
import dev.penstock.server.upstream.ChunkWriter;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.LoopFlush;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers of one client's connection. Confined to its event loop. A head waits for the first bytes of its
 * body: together they are one buffer and one write.
 */
final class ResponseWriter implements HeaderSink {
    /** Up to this length a body is copied behind its head: one buffer costs less than two. */
    private static final int COPIED_BODY = 4 * 1024;
    private static final AsciiString CONTINUE = AsciiString.cached("HTTP/1.1 100 Continue\r\n\r\n");

    private final ChannelHandlerContext ctx;
    private final LoopFlush flush;
    private final HeadBuilder heads;
    private @Nullable ByteBuf head;
    private boolean http10;
    private boolean headMethod;
    private boolean chunking;
    private boolean untilClose;
    private boolean closing;
    private boolean dirty;

    ResponseWriter(ChannelHandlerContext ctx, LoopFlush flush, HeadBuilder heads) {
        this.ctx = ctx;
        this.flush = flush;
        this.heads = heads;
    }

    /** A request has come, and its answer will go. */
    void begins(boolean toHttp10, boolean toHead) {
        http10 = toHttp10;
        headMethod = toHead;
        chunking = false;
        untilClose = false;
    }

    boolean http10() {
        return http10;
    }

    /** Whether the connection ends with this answer. */
    boolean closing() {
        return closing;
    }

    void sendContinue() {
        ByteBuf out = ctx.alloc().ioBuffer(CONTINUE.length());
        ByteBufUtil.writeAscii(out, CONTINUE);
        ctx.writeAndFlush(out, ctx.voidPromise());
    }

    void begin(ResponseHead from, HeaderSource added, AsciiString[] overridden, Framing framing, long length,
            boolean close) {
        untilClose = framing == Framing.UNTIL_CLOSE && http10;
        chunking = framing == Framing.UNTIL_CLOSE && !http10;
        closing = close || untilClose;
        int room = framing == Framing.LENGTH && length <= COPIED_BODY ? (int) length : COPIED_BODY / 4;
        ResponseHeadWriter.writeRelayed(heads.begin(), from, overridden);
        added.addedHeaders(this);
        ResponseHeadWriter.writeEnd(heads, chunking ? Framing.CHUNKED : framing, length, closing, http10);
        head = heads.toBuffer(ctx.alloc(), room);
    }

    /** Begins a tunnel with the pod's 101. */
    void beginTunnel(ResponseHead from, HeaderSource added, AsciiString[] overridden) {
        closing = true;
        ResponseHeadWriter.writeRelayed(heads.begin(), from, overridden);
        added.addedHeaders(this);
        ResponseHeadWriter.writeWebSocketEnd(heads);
        head = heads.toBuffer(ctx.alloc(), COPIED_BODY / 4);
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        ResponseHeadWriter.writeHeader(heads, AsciiString.of(name), value);
    }

    void write(ByteBuf bytes) {
        dirty = true;
        ByteBuf before = head;
        if (before != null && bytes.readableBytes() <= COPIED_BODY) {
            copy(before, bytes);
            return;
        }
        writeHead();
        if (chunking) {
            ChunkWriter.write(ctx, ctx.alloc(), bytes);
        } else {
            ctx.write(bytes, ctx.voidPromise());
        }
    }

    private void copy(ByteBuf before, ByteBuf bytes) {
        if (chunking) {
            ChunkWriter.writeSize(before, bytes.readableBytes());
        }
        before.writeBytes(bytes);
        if (chunking) {
            before.writeByte('\r').writeByte('\n');
        }
        bytes.release();
    }

    private void writeHead() {
        ByteBuf out = head;
        if (out != null) {
            head = null;
            dirty = true;
            ctx.write(out, ctx.voidPromise());
        }
    }

    void flush() {
        writeHead();
        if (dirty) {
            dirty = false;
            flush.atEndOfTurn(ctx.channel());
        }
    }

    void complete() {
        if (chunking) {
            ByteBuf before = head;
            if (before != null) {
                ByteBufUtil.writeAscii(before, "0\r\n\r\n");
            } else {
                ChunkWriter.writeLast(ctx, ctx.alloc());
            }
            dirty = true;
        }
        flush();
    }

    void respond(int status, HeaderSource added, byte[] body, boolean close) {
        closing = close;
        ResponseHeadWriter.writeStatus(heads.begin(), status, HttpResponseStatus.valueOf(status).reasonPhrase());
        ResponseHeadWriter.writeHeader(heads, HeaderNames.CONTENT_TYPE, HeaderNames.JSON);
        added.addedHeaders(this);
        ResponseHeadWriter.writeEnd(heads, Framing.LENGTH, body.length, close, http10);
        ByteBuf out = heads.toBuffer(ctx.alloc(), body.length);
        head = out;
        if (!headMethod) {
            out.writeBytes(body);
        }
        flush();
    }

    /** Closes when everything is sent. */
    void close() {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Says that nothing more comes when everything is sent, and leaves the closing to the client or to a deadline. */
    void shutDown() {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (ctx.channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                ctx.close();
            }
        });
    }

    /** Ends an answer before its end, so that the client can tell. */
    void abort() {
        closing = true;
        if (untilClose) {
            // The end of the connection would look like the end of the answer: after what is there, a reset.
            writeHead();
            ctx.flush();
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            ctx.close();
        } else if (ctx.channel().isWritable()) {
            flush();
            close();
        } else {
            release();
            ctx.close();
        }
    }

    void release() {
        ByteBuf out = head;
        head = null;
        if (out != null) {
            out.release();
        }
    }
}
