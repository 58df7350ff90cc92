package dev.penstock.server;

import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.exchange.Proxy;
import dev.penstock.server.frontend.FrontendInitializer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes a channel that somebody else has accepted, on his own event loop, a client's connection. Any thread; one for
 * all channels of a balancer.
 */
@Sharable
final class ForeignConnections extends ChannelInitializer<Channel> implements AutoCloseable {

    private final Proxy proxy;
    private final IoThreads threads;
    private final FrontendInitializer frontend;
    private final Map<EventLoop, GenericFutureListener<Future<Object>>> loops = new ConcurrentHashMap<>();

    /**
     * Connections of one balancer, in cleartext or decrypted by whoever accepts them.
     *
     * @param threads is told of event loops that are not the balancer's own
     */
    ForeignConnections(Proxy proxy, IoThreads threads, Http2Settings http2) {
        this.proxy = proxy;
        this.threads = threads;
        this.frontend = new FrontendInitializer(proxy, http2);
    }

    @Override
    protected void initChannel(Channel channel) {
        if (proxy.closed()) {
            channel.close();
            return;
        }
        EventLoop loop = channel.eventLoop();
        // Before anything of it is used: connections to pods are made on this loop too.
        IoTransport.of(loop);
        threads.adopt();
        if (!loops.containsKey(loop)) {
            lent(loop);
        }
        channel.pipeline().addAfter(channel.pipeline().context(this).name(), null, frontend);
    }

    private void lent(EventLoop loop) {
        GenericFutureListener<Future<Object>> ended = any -> {
            loops.remove(loop);
            proxy.forget(loop);
        };
        if (loops.putIfAbsent(loop, ended) == null) {
            loop.terminationFuture().addListener(ended);
        }
    }

    /** Lets go of the event loops, which may well outlive the balancer. After the {@link Proxy} is closed. */
    @Override
    public void close() {
        loops.forEach((loop, ended) -> loop.terminationFuture().removeListener(ended));
        loops.clear();
    }
}
