package dev.penstock.server.frontend;

import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Peer;
import dev.penstock.server.exchange.Timed;
import dev.penstock.server.tls.HandshakeFailure;
import dev.penstock.server.tls.ListenerTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to a port that speaks TLS: puts what decrypts before itself, and who knows
 * protocols behind itself once both sides know each other. Confined to its event loop.
 */
final class TlsConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = System.getLogger(TlsConnection.class.getName());

    private final LoopState loop;
    private final Protocols protocols;
    private final ListenerTls tls;
    private @Nullable Handshake handshake;

    TlsConnection(LoopState loop, Protocols protocols, ListenerTls tls) {
        this.loop = loop;
        this.protocols = protocols;
        this.tls = tls;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        SslHandler handler = tls.newHandler(ctx.alloc());
        ctx.pipeline().addBefore(ctx.name(), null, new PlainRequestGuard(() -> failed(ctx,
                HandshakeFailure.PLAIN_HTTP, "")));
        ctx.pipeline().addBefore(ctx.name(), null, handler);
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
        if (handshake == null) {
            Handshake begun = new Handshake(ctx);
            handshake = begun;
            begun.begin();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        assert ctx.executor().inEventLoop();
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                secured(ctx);
            } else {
                Throwable cause = completion.cause();
                failed(ctx, HandshakeFailure.of(cause), String.valueOf(cause.getMessage()));
            }
        } else if (event instanceof SslCloseCompletionEvent) {
            // The client has ended its half, and TLS knows no halves: nothing can be answered any more.
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void secured(ChannelHandlerContext ctx) {
        Handshake begun = handshake;
        if (begun != null && begun.end()) {
            Peer.tell(ctx.channel(), new Peer(Peer.of(ctx.channel()).address(), true));
            ctx.pipeline().addAfter(ctx.name(), null, new ProtocolChoice(loop, protocols));
        }
    }

    private void failed(ChannelHandlerContext ctx, HandshakeFailure failure, String reason) {
        Handshake begun = handshake;
        if (begun != null && begun.end()) {
            tls.failed(failure);
            LOG.log(Level.DEBUG, () -> "no TLS with " + ctx.channel().remoteAddress() + ": " + failure.label() + " "
                    + reason);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // The handler of TLS has told of the failure where there was a beginning at all.
        failed(ctx, HandshakeFailure.CLOSED, "");
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SSLException
                || (cause instanceof DecoderException && cause.getCause() instanceof SSLException)) {
            ctx.close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    /** The time that a handshake may take: that of a head, for nothing else has come yet. */
    private final class Handshake extends Timed {
        private final ChannelHandlerContext ctx;
        private boolean ended;

        Handshake(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        void begin() {
            long nanos = loop.proxy().context().settings().get().timeouts().headerNanos();
            if (nanos > 0) {
                deadline(loop.nanoTime() + nanos);
            }
            loop.deadlines().add(this);
        }

        /** Whether that had not been called before. */
        boolean end() {
            if (ended) {
                return false;
            }
            ended = true;
            loop.deadlines().remove(this);
            return true;
        }

        @Override
        protected void balancerCloses() {
            ctx.close();
        }

        @Override
        protected void expired() {
            failed(ctx, HandshakeFailure.TIMEOUT, "");
            ctx.close();
        }
    }
}
