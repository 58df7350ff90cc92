package dev.penstock.server.exchange;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a client's connection. Immutable; the same for all requests of the connection.
 *
 * @param address the client's address, or null where the transport has none
 * @param tls whether the connection is encrypted
 */
public record Peer(@Nullable InetSocketAddress address, boolean tls) {
    private static final AttributeKey<Peer> KEY = AttributeKey.valueOf(Peer.class, "peer");

    /** What the connection itself tells, unless {@link #tell} has told better. To be called on its event loop. */
    public static Peer of(Channel channel) {
        Peer told = channel.attr(KEY).get();
        return told != null ? told
                : new Peer(channel.remoteAddress() instanceof InetSocketAddress address ? address : null, false);
    }

    /** Notes who is there, before the first request: what stands in front of the balancer may know better. */
    public static void tell(Channel channel, Peer peer) {
        channel.attr(KEY).set(peer);
    }
}
