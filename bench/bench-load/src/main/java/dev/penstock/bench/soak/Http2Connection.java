package dev.penstock.bench.soak;

import dev.penstock.bench.soak.Call.Behavior;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection of several clients. Any thread, which waits; meant for virtual ones. */
final class Http2Connection {
    private static final int SMALL_WINDOW = 4 * 1024;
    private static final int WINDOW = 256 * 1024;

    private final Channel channel;
    private final Duration patience;
    private final String scheme;
    private volatile boolean givenUp;

    private Http2Connection(Channel channel, Duration patience, String scheme) {
        this.channel = channel;
        this.patience = patience;
        this.scheme = scheme;
    }

    /**
     * Connects.
     *
     * @param slow whether little shall be on its way to a client
     * @throws IOException if there is no connection, or one that does not speak HTTP/2
     */
    static Http2Connection open(EventLoopGroup loops, Door door, Duration patience, boolean slow)
            throws IOException, InterruptedException {
        Initializer initializer = new Initializer(door, slow ? SMALL_WINDOW : WINDOW);
        var connecting = new Bootstrap().group(loops).channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis())
                .handler(initializer)
                .connect(InetAddress.getLoopbackAddress(), door.port()).await();
        if (!connecting.isSuccess()) {
            throw new IOException("cannot connect: " + connecting.cause(), connecting.cause());
        }
        initializer.awaitHandshake();
        return new Http2Connection(connecting.channel(), patience, door.tls() == null ? "http" : "https");
    }

    /** Whether requests can be sent over it. */
    boolean open() {
        return channel.isActive() && !givenUp;
    }

    /** Ends the connection in the middle of everything. */
    void giveUp() {
        givenUp = true;
        channel.close();
    }

    /** Sends a request and waits for its end. */
    Http2End exchange(Call call) throws InterruptedException {
        Http2Exchange exchange = new Http2Exchange(call);
        boolean slow = call.behavior() instanceof Behavior.Slow;
        new Http2StreamChannelBootstrap(channel).option(ChannelOption.AUTO_READ, !slow).handler(exchange).open()
                .addListener(opened -> {
                    if (opened.isSuccess()) {
                        send(call, (Http2StreamChannel) opened.getNow(), exchange);
                    } else {
                        exchange.refused(opened.cause());
                    }
                });
        Http2End end = await(exchange);
        boolean cutByUs = end instanceof Http2End.Answered answered && givenUp
                && answered.answer().ending() == Answer.Ending.CLOSED_EARLY;
        return cutByUs ? new Http2End.Left() : end;
    }

    private void send(Call call, Http2StreamChannel stream, Http2Exchange exchange) {
        Http2Call request = Http2Call.of(call, scheme);
        byte[] body = request.body();
        if (call.behavior() instanceof Behavior.LeavesSending(int afterBytes, boolean reset)) {
            stream.write(new DefaultHttp2HeadersFrame(request.headers(), false));
            stream.write(new DefaultHttp2DataFrame(part(body, 0, Math.min(afterBytes, body.length - 1)), false));
            stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
            exchange.end().complete(new Http2End.Left());
            return;
        }
        boolean headOnly = body.length == 0 && request.whole();
        stream.write(new DefaultHttp2HeadersFrame(request.headers(), headOnly));
        int pieces = Math.clamp(call.pieces(), 1, Math.max(1, body.length));
        for (int i = 0; i < pieces && !headOnly; i++) {
            int from = (int) ((long) body.length * i / pieces);
            int to = (int) ((long) body.length * (i + 1) / pieces);
            stream.write(new DefaultHttp2DataFrame(part(body, from, to), i == pieces - 1 && request.whole()));
        }
        stream.flush();
        if (call.behavior() instanceof Behavior.Slow) {
            stream.read();
        }
    }

    private static ByteBuf part(byte[] body, int from, int to) {
        return Unpooled.wrappedBuffer(body, from, to - from);
    }

    private Http2End await(Http2Exchange exchange) throws InterruptedException {
        try {
            return exchange.end().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            exchange.silent();
            givenUp = true;
            channel.close();
            return exchange.end().join();
        } catch (ExecutionException | CancellationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Sets up a connection: TLS where the door has it, then HTTP/2 without further ado. */
    private static final class Initializer extends ChannelInitializer<Channel> {
        private final Door door;
        private final int window;
        private final CompletableFuture<@Nullable String> protocol = new CompletableFuture<>();

        private Initializer(Door door, int window) {
            this.door = door;
            this.window = window;
        }

        private void awaitHandshake() throws IOException, InterruptedException {
            try {
                String spoken = protocol.get();
                if (!"h2".equals(spoken)) {
                    throw new IOException("the other side chose " + spoken + " instead of h2");
                }
            } catch (ExecutionException failed) {
                throw new IOException("no handshake: " + failed.getCause(), failed.getCause());
            }
        }

        @Override
        protected void initChannel(Channel channel) {
            Door.Trust trust = door.tls();
            if (trust == null) {
                protocol.complete("h2");
            } else {
                SslHandler handler = trust.http2().newHandler(channel.alloc());
                handler.handshakeFuture().addListener(done -> {
                    if (done.isSuccess()) {
                        protocol.complete(handler.applicationProtocol());
                    } else {
                        protocol.completeExceptionally(done.cause());
                    }
                });
                channel.pipeline().addLast(handler);
            }
            channel.pipeline().addLast(
                    Http2FrameCodecBuilder.forClient()
                            .initialSettings(Http2Settings.defaultSettings().initialWindowSize(window)).build(),
                    new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                    new Rest());
        }
    }

    /** Takes what is of the connection, and not of a request. */
    private static final class Rest extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        /** The end of a connection ends its requests, and each of them tells. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
