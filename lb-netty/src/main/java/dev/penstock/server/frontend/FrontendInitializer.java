package dev.penstock.server.frontend;

import dev.penstock.server.exchange.Proxy;
import dev.penstock.server.upstream.UpstreamTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;

/**
 * Makes an accepted channel a client's connection. Any thread; one for all channels of a balancer.
 *
 * <p>In somebody else's pipeline, put it behind whatever decrypts: it adds its handler in its own place.
 */
@Sharable
public final class FrontendInitializer extends ChannelInitializer<Channel> {
    private final Proxy proxy;

    /** Channels of one balancer. */
    public FrontendInitializer(Proxy proxy) {
        this.proxy = proxy;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UpstreamTransport.WATER_MARK);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        Http1Stream stream = new Http1Stream(proxy.loop(channel.eventLoop()));
        channel.pipeline().addAfter(channel.pipeline().context(this).name(), null, stream);
    }
}
