package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.exchange.Proxy;
import dev.penstock.server.frontend.FrontendInitializer;
import dev.penstock.server.tls.ListenerTls;
import dev.penstock.server.upstream.UpstreamTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import io.netty.util.NettyRuntime;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The event loops of traffic, and its port unless an embedder accepts connections himself. */
final class TrafficServer implements AutoCloseable {

    private static final int MOST_THREADS = 4;
    private static final int BACKLOG = 4096;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** For how long the listener may find more connections in its backlog, when it is to be closed. */
    private static final long BACKLOG_NANOS = TimeUnit.SECONDS.toNanos(1);
    /**
     * For how long connections without a request may take to end. They end by themselves sooner; but what they have
     * sent may not have been read yet, by a loop that has much to do.
     */
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** For how long the last answers may take to be sent. */
    private static final long LAST_ANSWERS_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final EventLoopGroup loops;
    private final @Nullable Channel listener;
    private final Proxy proxy;
    private final Accepted accepted = new Accepted();

    /**
     * Listens.
     *
     * @param tls encrypts, or null for cleartext
     * @param listens whether there is a port; where there is none, one loop looks after the engines
     * @throws InvalidSettingsException where the port cannot be had
     */
    TrafficServer(Settings settings, IoTransport transport, IoThreads threads, Proxy proxy,
            @Nullable ListenerTls tls, boolean listens) {
        this.proxy = proxy;
        int wanted = settings.get(ServerSettings.IO_THREADS);
        int count = wanted > 0 ? wanted : Math.min(NettyRuntime.availableProcessors(), MOST_THREADS);
        loops = transport.loops(listens ? count : 1, threads);
        listener = listens ? listen(settings, transport, tls) : null;
    }

    private Channel listen(Settings settings, IoTransport transport, @Nullable ListenerTls tls) {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops).channel(transport.listener())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .handler(accepted)
                .childOption(ChannelOption.ALLOCATOR, UpstreamTransport.ALLOCATOR)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UpstreamTransport.WATER_MARK)
                .childHandler(new FrontendInitializer(proxy, Http2Settings.from(settings), tls));
        InetSocketAddress address = address(settings.get(ServerSettings.HOST), settings.get(ServerSettings.PORT),
                ServerSettings.PORT.name());
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw cannotListen(address, ServerSettings.PORT.name(), bound.cause());
        }
        return bound.channel();
    }

    static InetSocketAddress address(String host, int port, String setting) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new InvalidSettingsException(List.of(setting.replace("port", "host") + ": " + host
                    + " (expected: an address of this machine)"));
        }
        return address;
    }

    static InvalidSettingsException cannotListen(InetSocketAddress address, String setting, Throwable cause) {
        return new InvalidSettingsException(List.of("cannot listen on " + NetUtil.toSocketAddressString(address)
                + " (" + cause.getMessage() + "); choose another port with " + setting
                + ", or 0 for a free one"));
    }

    /** One of its event loops. */
    EventLoop loop() {
        return loops.next();
    }

    int port() {
        if (listener == null) {
            throw new IllegalStateException("there is no traffic port");
        }
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Connections of clients that stand now, those included that others have accepted. */
    int connections() {
        return Math.max(accepted.open(), proxy.gate().open());
    }

    /** Goes on accepting, and tells each client with its answer to connect elsewhere. */
    void announceEnd() {
        proxy.drain();
    }

    /** Takes no more connections but those that are there already. */
    void stopAccepting() {
        if (listener != null) {
            stopListening(listener);
        }
        proxy.leave();
    }

    private void stopListening(Channel port) {
        NanoClock clock = proxy.context().clock();
        long start = clock.nanoTime();
        CountDownLatch closed = new CountDownLatch(1);
        port.closeFuture().addListener(any -> closed.countDown());
        accepted.closeWhenQuiet(port, () -> clock.nanoTime() - start > BACKLOG_NANOS);
        awaitUninterruptibly(closed);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Lets running requests end, and ends those that take longer.
     *
     * @return how many had to be ended
     */
    long awaitRequests(long graceNanos) {
        await(graceNanos, () -> proxy.open() == 0);
        long left = proxy.open();
        if (left > 0) {
            proxy.endRequests();
            await(LAST_ANSWERS_NANOS, () -> connections() == 0);
        } else {
            await(LEAVE_NANOS, () -> connections() == 0);
        }
        return left;
    }

    private void await(long mostNanos, BooleanSupplier so) {
        NanoClock clock = proxy.context().clock();
        long start = clock.nanoTime();
        while (!so.getAsBoolean() && clock.nanoTime() - start < mostNanos) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close().awaitUninterruptibly();
        }
        // Not for ever: a loop of somebody else may hang.
        proxy.close().awaitUninterruptibly(LEAVE_NANOS, TimeUnit.NANOSECONDS);
        // While the loops still run: a resolver that is closed after its loop sometimes leaves its socket open.
        proxy.context().transport().resolvers().close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
