package dev.penstock.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread {@code lb-admin}, and on it the admin port where there is one: it answers however busy the traffic is.
 */
public final class AdminServer implements AutoCloseable {

    /** Most bytes of a body where nobody posts prompts. */
    private static final int MAX_BODY_BYTES = 64 * 1024;
    private static final int IDLE_SECONDS = 60;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("lb-admin", true),
            NioIoHandler.newFactory());
    private final @Nullable Channel listener;

    /** Starts to listen for requests with small bodies, as the other constructor does. */
    public AdminServer(@Nullable InetSocketAddress address, AdminSite site) {
        this(address, site, MAX_BODY_BYTES);
    }

    /**
     * Starts to listen.
     *
     * @param address where; port 0 takes a free one; null for no port
     * @param site what is answered there
     * @param maxBodyBytes most bytes of a request's body; then 413
     * @throws UncheckedIOException where the port cannot be had
     */
    public AdminServer(@Nullable InetSocketAddress address, AdminSite site, int maxBodyBytes) {
        listener = address == null ? null : listen(address, site, maxBodyBytes);
    }

    private Channel listen(InetSocketAddress address, AdminSite site, int maxBodyBytes) {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loop).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ReadTimeoutHandler(IDLE_SECONDS), new HttpServerCodec(),
                                new HttpObjectAggregator(maxBodyBytes, true), new AdminHandler(site));
                    }
                });
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new UncheckedIOException(bound.cause() instanceof IOException failure ? failure
                    : new IOException(bound.cause()));
        }
        return bound.channel();
    }

    /** The port that it listens on. */
    public int port() {
        if (listener == null) {
            throw new IllegalStateException("there is no admin port");
        }
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Its thread, for small periodic work that must not disturb the traffic. */
    public ScheduledExecutorService executor() {
        return loop.next();
    }

    @Override
    public void close() {
        if (loop.isShuttingDown()) {
            return;
        }
        if (listener != null) {
            listener.close().syncUninterruptibly();
        }
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
