package dev.penstock.server.frontend;

import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Timed;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the beginning of a client's connection until it is known what the client speaks, and leaves its place to
 * who speaks that. Confined to one event loop.
 *
 * <p>Behind TLS the handshake tells. Without it the first bytes do: a client that knows that we speak HTTP/2 begins
 * with a request that nobody else sends. {@code Upgrade: h2c} is not listened to (RFC 9113 has taken it away).
 */
final class ProtocolChoice extends ChannelInboundHandlerAdapter {
    /** The beginning of the preface; no method is called that. */
    private static final byte[] PREFACE = {'P', 'R', 'I', ' '};

    private final LoopState loop;
    private final Protocols protocols;
    private final Patience patience = new Patience();
    private @Nullable ByteBuf first;
    private @Nullable ChannelHandlerContext context;
    private boolean decided;

    ProtocolChoice(LoopState loop, Protocols protocols) {
        this.loop = loop;
        this.protocols = protocols;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.fireChannelActive();
    }

    private void begin(ChannelHandlerContext ctx) {
        if (!decided && !patience.started) {
            patience.start();
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            if (tls != null && tls.handshakeFuture().isSuccess()) {
                choose(ctx, isHttp2(tls));
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (!decided && tls != null && event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                choose(ctx, isHttp2(tls));
            } else {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private static boolean isHttp2(SslHandler tls) {
        return ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        ByteBuf before = first;
        if (before != null) {
            before.writeBytes(bytes);
            bytes.release();
            bytes = before;
        }
        int same = 0;
        int count = Math.min(bytes.readableBytes(), PREFACE.length);
        while (same < count && bytes.getByte(bytes.readerIndex() + same) == PREFACE[same]) {
            same++;
        }
        if (same == count && count < PREFACE.length) {
            keep(ctx, bytes);
            return;
        }
        first = null;
        choose(ctx, same == PREFACE.length);
        // The place in the pipeline is left, but not what comes behind it.
        ctx.fireChannelRead(bytes);
    }

    /** Less than four bytes have come, and more may come with them at the next read. */
    private void keep(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (first == null) {
            first = ctx.alloc().buffer().writeBytes(bytes);
            bytes.release();
        }
    }

    private void choose(ChannelHandlerContext ctx, boolean http2) {
        decided = true;
        patience.end();
        ChannelHandler chosen = http2 ? protocols.http2(loop) : protocols.http1(loop);
        ctx.pipeline().replace(this, null, chosen);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        patience.end();
        ByteBuf kept = first;
        first = null;
        if (kept != null) {
            kept.release();
        }
    }

    /** The deadline for the first bytes. */
    private final class Patience extends Timed {
        private boolean started;

        void start() {
            started = true;
            long nanos = loop.proxy().leaving() ? LAST_CALL_NANOS
                    : loop.proxy().context().settings().get().timeouts().headerNanos();
            if (nanos > 0) {
                deadline(loop.nanoTime() + nanos);
            }
            loop.deadlines().add(this);
        }

        void end() {
            loop.deadlines().remove(this);
        }

        @Override
        protected void balancerLeaves() {
            deadline(loop.nanoTime() + LAST_CALL_NANOS);
            loop.deadlines().hurry(this);
        }

        @Override
        protected void balancerCloses() {
            expired();
        }

        @Override
        protected void expired() {
            ChannelHandlerContext ctx = context;
            if (ctx != null) {
                ctx.close();
            }
        }
    }
}
