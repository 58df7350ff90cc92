package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.config.ServerSettings.Transport;
import dev.penstock.server.names.EngineNames;
import dev.penstock.server.upstream.EnginePools;
import dev.penstock.server.upstream.UpstreamTransport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How bytes get to and from the kernel.
 *
 * @param name for a person
 * @param handlers what event loops are made of
 * @param listener class of channels that listen
 * @param connection class of channels that connect
 * @param datagrams class of channels for DNS
 */
record IoTransport(String name, IoHandlerFactory handlers, Class<? extends ServerChannel> listener,
        Class<? extends SocketChannel> connection, Class<? extends DatagramChannel> datagrams) {

    /** What the setting names, or the best that this machine has. */
    static IoTransport of(Transport wanted) {
        return switch (wanted) {
            case AUTO -> Epoll.isAvailable() ? epoll() : nio();
            case EPOLL -> required("epoll", Epoll.unavailabilityCause(), epoll());
            case IO_URING -> required("io-uring", IoUring.unavailabilityCause(), ioUring());
            case NIO -> nio();
        };
    }

    /**
     * What suits an event loop, whoever has made it.
     *
     * @throws IllegalArgumentException where it is of no kind that is known here
     */
    static IoTransport of(EventLoop loop) {
        if (loop instanceof IoEventLoop known) {
            if (known.isIoType(NioIoHandler.class)) {
                return nio();
            } else if (known.isIoType(EpollIoHandler.class)) {
                return epoll();
            } else if (known.isIoType(IoUringIoHandler.class)) {
                return ioUring();
            }
        }
        throw new IllegalArgumentException("event loop: " + loop.getClass().getName()
                + " (expected: one of nio, epoll or io_uring)");
    }

    private static IoTransport required(String name, @Nullable Throwable unavailable, IoTransport transport) {
        if (unavailable != null) {
            throw new InvalidSettingsException(List.of("io.transport: " + name + ": not available here: "
                    + unavailable.getMessage()));
        }
        return transport;
    }

    private static IoTransport epoll() {
        return new IoTransport("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class,
                EpollSocketChannel.class, EpollDatagramChannel.class);
    }

    private static IoTransport ioUring() {
        return new IoTransport("io_uring", IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class,
                IoUringSocketChannel.class, IoUringDatagramChannel.class);
    }

    private static IoTransport nio() {
        return new IoTransport("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class,
                NioDatagramChannel.class);
    }

    /** What connections to pods are made of on any loop; host names are resolved by DNS without blocking. */
    static UpstreamTransport upstream(Supplier<EnginePools> pools, NanoClock clock) {
        return new UpstreamTransport(loop -> new ReflectiveChannelFactory<>(of(loop).connection()), new EngineNames(
                loop -> new ReflectiveChannelFactory<>(of(loop).datagrams()),
                DnsServerAddressStreamProviders.platformDefault(), clock), pools);
    }

    /** Event loops on these threads. */
    EventLoopGroup loops(int threads, IoThreads factory) {
        return new MultiThreadIoEventLoopGroup(threads, factory, handlers);
    }
}
