package dev.penstock.server.frontend;

import dev.penstock.server.address.IpAddress;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Peer;
import dev.penstock.server.exchange.Timed;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the PROXY header of a connection, which a decoder before it reads, and notes who the client is. What is
 * malformed, and whoever does not send it in time, is closed without a word. Confined to the connection's event loop.
 */
final class ProxyHeaderReader extends ChannelInboundHandlerAdapter {
    private final LoopState loop;
    private final Consumer<ChannelHandlerContext> next;
    private final Deadline deadline = new Deadline();
    private boolean known;

    /**
     * Waits.
     *
     * @param next goes on with the connection behind the given place, once its client is known
     */
    ProxyHeaderReader(LoopState loop, Consumer<ChannelHandlerContext> next) {
        this.loop = loop;
        this.next = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline.begin(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.deadlines().remove(deadline);
        if (!known) {
            known = true;
            loop.proxy().gate().refusedHeader();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            // Behind a header that could not be read there is nothing to trust.
            ReferenceCountUtil.release(message);
            ctx.close();
            return;
        }
        try {
            Peer told = peer(header);
            if (told != null) {
                Peer.tell(ctx.channel(), told);
            }
        } finally {
            header.release();
        }
        known = true;
        next.accept(ctx);
        ctx.pipeline().remove(this);
    }

    /** The client, or null where it is the proxy itself, as with its health checks. */
    private static @Nullable Peer peer(HAProxyMessage header) {
        AddressFamily family = header.proxiedProtocol().addressFamily();
        String source = header.sourceAddress();
        boolean ip = family == AddressFamily.AF_IPv4 || family == AddressFamily.AF_IPv6;
        if (header.command() == HAProxyCommand.LOCAL || !ip || source == null) {
            return null;
        }
        InetAddress address = IpAddress.parse(source);
        return address == null ? null : new Peer(new InetSocketAddress(address, header.sourcePort()), tls(header));
    }

    private static boolean tls(HAProxyMessage header) {
        for (HAProxyTLV extension : header.tlvs()) {
            if (extension instanceof HAProxySSLTLV ssl && ssl.isPP2ClientSSL()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** The time for a head is the time for this one, too. */
    private final class Deadline extends Timed {
        private Runnable close = () -> { };

        void begin(ChannelHandlerContext ctx) {
            close = ctx::close;
            long timeout = loop.proxy().context().settings().get().timeouts().headerNanos();
            if (timeout > 0) {
                deadline(loop.nanoTime() + timeout);
            }
            loop.deadlines().add(this);
        }

        @Override
        protected void balancerCloses() {
            close.run();
        }

        @Override
        protected void expired() {
            close.run();
        }
    }
}
