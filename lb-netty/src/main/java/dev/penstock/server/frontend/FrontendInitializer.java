package dev.penstock.server.frontend;

import dev.penstock.server.config.Http2Settings;
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
    private final Protocols protocols;

    /** Channels of one balancer. */
    public FrontendInitializer(Proxy proxy, Http2Settings http2) {
        this.proxy = proxy;
        this.protocols = new Protocols(http2, proxy.context().metrics());
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UpstreamTransport.WATER_MARK);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        ProtocolChoice choice = new ProtocolChoice(proxy.loop(channel.eventLoop()), protocols);
        channel.pipeline().addAfter(channel.pipeline().context(this).name(), null, choice);
    }
}
