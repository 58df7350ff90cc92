package dev.penstock.server.upstream;

import dev.penstock.server.relay.BodyFraming;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.relay.ResponseHeadParser;
import dev.penstock.server.tls.ClientTls;
import dev.penstock.spi.PodView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a pod that speaks HTTP/1.1, one request after the other. Confined to its event loop. Bodies pass
 * through as the buffers that were read.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements UpstreamConnection {

    private static final Logger LOG = System.getLogger(Http1Connection.class.getName());
    /** Engines close at five seconds by default; who does not say otherwise is believed to be one of those. */
    private static final long DEFAULT_IDLE_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final UpstreamPool pool;
    private final ResponseHeadParser parser = new ResponseHeadParser();
    private final BodyFraming framing = new BodyFraming();
    private PodView endpoint;
    private @Nullable UpstreamListener listener;
    private @Nullable Channel channel;
    private @Nullable PayloadSink payload;
    private long idleSince;
    private long idleLimitNanos = DEFAULT_IDLE_NANOS;
    private EnginePools pools;
    private final EnginePool enginePool;
    private boolean settled;
    private boolean connected;
    private boolean used;
    private boolean headDone;
    private boolean requestSent;
    private boolean chunkedRequest;
    private boolean reusable;
    private boolean tunneling;
    private boolean reset;
    private boolean closed;

    Http1Connection(UpstreamPool pool, PodView endpoint, EnginePools pools, UpstreamListener listener) {
        this.pool = pool;
        this.endpoint = endpoint;
        this.pools = pools;
        this.enginePool = pools.of(endpoint);
        this.listener = listener;
    }

    /** The attempt to connect has begun; it may have failed already. */
    void connecting(ChannelFuture future) {
        Channel connecting = future.channel();
        channel = connecting;
        if (future.isDone()) {
            // Whoever asked does not have the connection in hand yet.
            connecting.eventLoop().execute(() -> reached(future.cause()));
        } else {
            future.addListener(done -> reached(done.cause()));
        }
    }

    /** There will be no attempt to connect. */
    void refuse(EventLoop loop) {
        loop.execute(() -> connected(new ClosedChannelException()));
    }

    private void reached(@Nullable Throwable cause) {
        // With TLS the connection is of use when the endpoint has proved who it is, which may fail first.
        if (enginePool.tls() == null || cause != null) {
            connected(cause);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ClientTls tls = enginePool.tls();
        if (tls == null) {
            return;
        }
        SslHandler handler = tls.newHandler(ctx.alloc(), endpoint.host(), endpoint.port());
        if (handler == null) {
            // The pool has changed this very moment.
            ctx.close();
            return;
        }
        ctx.pipeline().addBefore(ctx.name(), null, handler);
        handler.handshakeFuture().addListener(done -> secured(done.cause()));
    }

    private void secured(@Nullable Throwable cause) {
        if (cause != null) {
            LOG.log(Level.DEBUG, () -> "no TLS with " + endpoint.address() + ": " + cause.getMessage());
        }
        connected(cause);
    }

    private void connected(@Nullable Throwable cause) {
        UpstreamListener to = listener;
        if (settled) {
            return;
        }
        settled = true;
        if (cause != null) {
            pool.metrics().failed();
            closed = true;
            listener = null;
            if (to != null) {
                to.failed(UpstreamFailure.NOT_CONNECTED);
            }
            return;
        }
        pool.metrics().opened();
        connected = true;
        if (to == null) {
            close();
        } else {
            to.connected();
        }
    }

    /** Whether a new connection to the endpoint would be made in the same way, by the pools of now. */
    boolean madeFor(PodView to, EnginePools now) {
        if (now == pools && to == endpoint) {
            return true;
        }
        if (now.of(to) != enginePool) {
            return false;
        }
        pools = now;
        return true;
    }

    @Nullable SocketAddress remoteAddress() {
        return channel == null ? null : channel.remoteAddress();
    }

    void lend(PodView to, UpstreamListener borrower) {
        endpoint = to;
        listener = borrower;
    }

    long idleSince() {
        return idleSince;
    }

    void close() {
        closed = true;
        Channel open = channel;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public PodView endpoint() {
        return endpoint;
    }

    @Override
    public EnginePool enginePool() {
        return enginePool;
    }

    @Override
    public boolean ready() {
        return connected && !closed;
    }

    @Override
    public void send(UpstreamRequest request, long length, ByteBuf body, boolean last) {
        Channel open = open();
        parser.reset(request.method().equals("HEAD"), request.websocket());
        reset = false;
        headDone = false;
        payload = null;
        requestSent = last;
        chunkedRequest = length == UNKNOWN_LENGTH;
        pool.heads().write(open, request, endpoint.address(), length, body);
        if (chunkedRequest && last) {
            ChunkWriter.writeLast(open, open.alloc());
        }
        pool.flush().atEndOfTurn(open);
    }

    @Override
    public void sendBody(ByteBuf body, boolean last) {
        Channel open = open();
        requestSent = last;
        if (!body.isReadable()) {
            body.release();
        } else if (chunkedRequest) {
            ChunkWriter.write(open, open.alloc(), body);
        } else {
            open.write(body, open.voidPromise());
        }
        if (chunkedRequest && last) {
            ChunkWriter.writeLast(open, open.alloc());
        }
        pool.flush().atEndOfTurn(open);
    }

    @Override
    public void tunnel(UpstreamListener user) {
        tunneling = true;
        listener = user;
        open().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    public void endOutput(Runnable told) {
        HalfClose.output(open()).addListener(done -> told.run());
    }

    @Override
    public boolean writable() {
        return channel != null && channel.isWritable();
    }

    @Override
    public void reading(boolean on) {
        if (channel != null) {
            channel.config().setAutoRead(on);
        }
    }

    @Override
    public long chunkRemainder() {
        return framing.chunkRemainder();
    }

    @Override
    public void abort() {
        listener = null;
        close();
    }

    private Channel open() {
        if (channel == null || listener == null) {
            throw new IllegalStateException("the connection is not lent");
        }
        assert channel.eventLoop().inEventLoop();
        return channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        assert ctx.executor().inEventLoop();
        ByteBuf in = (ByteBuf) message;
        UpstreamListener to = listener;
        if (to == null || !in.isReadable()) {
            in.release();
            if (to == null) {
                // An answer that nobody asked for: whose it would be cannot be known.
                discard();
            }
            return;
        }
        if (!headDone && !head(to, in)) {
            in.release();
            return;
        }
        UpstreamListener now = listener;
        if (now == null) {
            in.release();
        } else {
            body(now, in);
        }
    }

    /** Reads the head; false where there is nothing for the body, or nobody to tell. */
    private boolean head(UpstreamListener to, ByteBuf in) {
        if (parser.untouched()) {
            to.firstByte();
        }
        switch (parser.parse(in)) {
            case MORE -> {
                return false;
            }
            case MALFORMED -> {
                fail(UpstreamFailure.MALFORMED);
                return false;
            }
            case DONE -> {
                headDone = true;
            }
        }
        ResponseHead head = parser.head();
        framing.reset(head.framing(), head.contentLength());
        reusable = head.keepAlive();
        int timeout = head.keepAliveTimeoutSeconds();
        if (timeout >= 0) {
            // Closing first is the only way not to lose the race.
            idleLimitNanos = timeout > 1 ? (timeout - 1) * SECOND_NANOS : timeout * SECOND_NANOS / 2;
        }
        payload = to.head(head);
        return listener != null;
    }

    private void body(UpstreamListener to, ByteBuf in) {
        int count = framing.walk(in, payload);
        boolean last = framing.complete();
        if (count < in.readableBytes()) {
            // Behind the end of the answer, or behind what broke the grammar.
            reusable = false;
            in.writerIndex(in.readerIndex() + count);
        }
        if (last) {
            finished();
        }
        if (framing.malformed()) {
            in.release();
            fail(UpstreamFailure.MALFORMED);
        } else if (count > 0 || last) {
            to.body(in, last);
        } else {
            in.release();
        }
    }

    /** The answer is complete: the connection is free before anybody hears of it, so that it may be lent at once. */
    private void finished() {
        listener = null;
        payload = null;
        used = true;
        if (!reusable || !requestSent || closed) {
            close();
            return;
        }
        reading(true);
        idleSince = pool.nanoTime();
        pool.idle(this, idleLimitNanos);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        UpstreamListener to = listener;
        if (to != null) {
            to.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        UpstreamListener to = listener;
        if (to != null && connected) {
            to.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        UpstreamListener to = listener;
        // With TLS the end of one half is the end of both: nothing can be sent any more.
        boolean whole = event instanceof SslCloseCompletionEvent;
        if (tunneling && to != null && (whole || event instanceof ChannelInputShutdownEvent)) {
            to.body(Unpooled.EMPTY_BUFFER, true);
            to.readComplete();
        }
        if (whole) {
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        assert ctx.executor().inEventLoop();
        if (!connected) {
            connected(new ClosedChannelException());
            return;
        }
        pool.metrics().closed();
        UpstreamListener to = listener;
        if (to == null) {
            if (!closed) {
                discard();
            }
            return;
        }
        closed = true;
        if (headDone && !tunneling && !reset && framing.connectionEnded()) {
            listener = null;
            payload = null;
            to.body(Unpooled.EMPTY_BUFFER, true);
        } else if (!parser.untouched()) {
            fail(UpstreamFailure.BROKEN);
        } else {
            fail(used ? UpstreamFailure.STALE : UpstreamFailure.UNANSWERED);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.log(Level.WARNING, "a pod's connection is closed", cause);
        }
        // What it means for the request is told when the channel is inactive. A reset is not the end of a body.
        reset = true;
        ctx.close();
    }

    private void fail(UpstreamFailure failure) {
        UpstreamListener to = listener;
        listener = null;
        payload = null;
        close();
        if (to != null) {
            to.failed(failure);
        }
    }

    private void discard() {
        if (used && !closed) {
            pool.remove(this);
        }
        close();
    }
}
