package dev.penstock.server.frontend;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Timed;
import dev.penstock.server.relay.ErrorBody;
import dev.penstock.server.relay.Framing;
import dev.penstock.server.relay.ResponseHeadWriter;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * A connection of a client that is one too many: what it asks for first is answered with that, and it is closed. One
 * that does not begin with a request of HTTP/1.x is closed without a word. Confined to its event loop.
 */
final class RefusedConnection extends ChannelInboundHandlerAdapter {
    private static final ErrorCode CODE = ErrorCode.TOO_MANY_CONNECTIONS;
    private static final AsciiString SOON = AsciiString.cached("1");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LoopState loop;
    private final Deadline deadline = new Deadline();
    private boolean told;
    private boolean over;

    RefusedConnection(LoopState loop) {
        this.loop = loop;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline.begin(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!over) {
            over = true;
            loop.deadlines().remove(deadline);
            loop.proxy().gate().told();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        boolean tell = !told && message instanceof ByteBuf bytes && isRequest(bytes);
        ReferenceCountUtil.release(message);
        if (told) {
            return;
        }
        told = true;
        loop.proxy().error(CODE);
        ctx.writeAndFlush(tell ? answer(ctx) : Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) sent -> {
            // Closed at once, what the client still sends would make it lose the answer.
            if (tell && sent.isSuccess() && sent.channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                sent.channel().close();
            }
        });
    }

    /** Whether bytes begin as a method does; those of TLS and of HTTP/2 do not. */
    private static boolean isRequest(ByteBuf bytes) {
        int start = bytes.readerIndex();
        byte first = bytes.isReadable() ? bytes.getByte(start) : 0;
        boolean http2 = bytes.readableBytes() > 2 && first == 'P' && bytes.getByte(start + 1) == 'R'
                && bytes.getByte(start + 2) == 'I';
        return first >= 'A' && first <= 'Z' && !http2;
    }

    private ByteBuf answer(ChannelHandlerContext ctx) {
        byte[] body = ErrorBody.OPENAI.bytes(CODE, CODE.message(), CODE.param());
        ResponseHeadWriter.writeStatus(loop.heads().begin(), CODE.status(),
                HttpResponseStatus.valueOf(CODE.status()).reasonPhrase());
        ResponseHeadWriter.writeHeader(loop.heads(), HeaderNames.CONTENT_TYPE, HeaderNames.JSON);
        ResponseHeadWriter.writeHeader(loop.heads(), HeaderNames.RETRY_AFTER, SOON);
        ResponseHeadWriter.writeEnd(loop.heads(), Framing.LENGTH, body.length, true, false);
        return loop.heads().toBuffer(ctx.alloc(), body.length).writeBytes(body);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** How long the client has to ask, to take the answer, and to close. */
    private final class Deadline extends Timed {
        private Runnable close = () -> { };

        void begin(ChannelHandlerContext ctx) {
            close = ctx::close;
            deadline(loop.nanoTime() + PATIENCE_NANOS);
            loop.deadlines().add(this);
        }

        @Override
        protected void balancerCloses() {
            close.run();
        }

        @Override
        protected void expired() {
            close.run();
        }
    }
}
