package dev.penstock.server.frontend;

import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Proxy;
import dev.penstock.server.tls.ListenerTls;
import dev.penstock.server.upstream.UpstreamTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * Makes an accepted channel a client's connection. Any thread; one for all channels of a balancer.
 *
 * <p>In somebody else's pipeline, put it behind whatever decrypts: it adds its handler in its own place.
 */
@Sharable
public final class FrontendInitializer extends ChannelInitializer<Channel> {
    private final Proxy proxy;
    private final Protocols protocols;
    private final @Nullable ListenerTls tls;

    /** Channels of one balancer, in cleartext or decrypted by somebody else. */
    public FrontendInitializer(Proxy proxy, Http2Settings http2) {
        this(proxy, http2, null);
    }

    /**
     * Channels of one balancer.
     *
     * @param tls encrypts, or null for cleartext
     */
    public FrontendInitializer(Proxy proxy, Http2Settings http2, @Nullable ListenerTls tls) {
        this.proxy = proxy;
        this.protocols = new Protocols(http2, proxy.context().metrics());
        this.tls = tls;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UpstreamTransport.WATER_MARK);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        LoopState loop = proxy.loop(channel.eventLoop());
        ChannelHandler first = tls == null ? new ProtocolChoice(loop, protocols)
                : new TlsConnection(loop, protocols, tls);
        channel.pipeline().addAfter(channel.pipeline().context(this).name(), null, first);
    }
}
