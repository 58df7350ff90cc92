package dev.penstock.server.frontend;

import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.address.ForwardingRules.ProxyProtocol;
import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Peer;
import dev.penstock.server.exchange.Proxy;
import dev.penstock.server.tls.ListenerTls;
import dev.penstock.server.upstream.UpstreamTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Makes an accepted channel a client's connection. Any thread; one for all channels of a balancer.
 *
 * <p>In this order: whether there is room for another connection; who the client is, where a PROXY header tells it;
 * whether there is room for another connection of that client; the protocol.
 *
 * <p>In somebody else's pipeline, put it behind whatever decrypts: it adds its handlers in its own place.
 */
@Sharable
public final class FrontendInitializer extends ChannelInitializer<Channel> {
    /** Room for what proxies add to a PROXY header of version 2: names of servers, what TLS was agreed on. */
    private static final int MOST_EXTENSIONS = 4 * 1024;

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
        ChannelHandlerContext place = channel.pipeline().context(this);
        ForwardingRules rules = proxy.context().forwarding();
        if (!proxy.gate().admit(channel)) {
            refuse(place);
        } else if (rules.proxyProtocol() == ProxyProtocol.OFF) {
            known(place);
        } else {
            readProxyHeader(place, rules);
        }
    }

    private void readProxyHeader(ChannelHandlerContext place, ForwardingRules rules) {
        InetAddress source = Peer.of(place.channel()).ip();
        if (source == null || !rules.proxyTrust().contains(source)) {
            proxy.gate().refusedHeader();
            place.channel().close();
            return;
        }
        HAProxyMessageDecoder decoder = new HAProxyMessageDecoder(MOST_EXTENSIONS);
        place.pipeline().addAfter(place.name(), null, decoder);
        ChannelHandlerContext before = place.pipeline().context(decoder);
        place.pipeline().addAfter(before.name(), null, new ProxyHeaderReader(loop(place), this::known));
    }

    /** Goes on with a connection whose client is known. */
    private void known(ChannelHandlerContext place) {
        if (proxy.gate().admit(place.channel(), Peer.of(place.channel()).ip())) {
            serve(place);
        } else {
            refuse(place);
        }
    }

    private void serve(ChannelHandlerContext place) {
        ChannelHandler next = tls == null ? new ProtocolChoice(loop(place), protocols)
                : new TlsConnection(loop(place), protocols, tls);
        place.pipeline().addAfter(place.name(), null, next);
    }

    private void refuse(ChannelHandlerContext place) {
        // Over TLS it would cost a handshake to say no.
        if (tls == null && proxy.gate().mayTell()) {
            place.pipeline().addAfter(place.name(), null, new RefusedConnection(loop(place)));
        } else {
            place.channel().close();
        }
    }

    private LoopState loop(ChannelHandlerContext place) {
        return proxy.loop(place.channel().eventLoop());
    }
}
