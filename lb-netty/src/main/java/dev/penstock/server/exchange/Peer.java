package dev.penstock.server.exchange;

import dev.penstock.server.address.IpAddress;
import io.netty.channel.Channel;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a client's connection. Immutable; the same for all requests of the connection. */
public final class Peer {
    private static final AttributeKey<Peer> KEY = AttributeKey.valueOf(Peer.class, "peer");
    private static final AsciiString UNKNOWN = AsciiString.cached("unknown");

    private final @Nullable InetSocketAddress address;
    private final boolean tls;
    private final AsciiString host;

    /**
     * A peer.
     *
     * @param address the client's address, or null where the transport has none
     * @param tls whether the connection is encrypted
     */
    public Peer(@Nullable InetSocketAddress address, boolean tls) {
        this.address = address;
        this.tls = tls;
        InetAddress known = address == null ? null : address.getAddress();
        this.host = known == null ? UNKNOWN : AsciiString.of(IpAddress.text(known));
    }

    /** The client's address and port, or null where the transport has none. */
    public @Nullable InetSocketAddress address() {
        return address;
    }

    /** Whether the connection is encrypted. */
    public boolean tls() {
        return tls;
    }

    /** The client's address without its port, or null. */
    public @Nullable InetAddress ip() {
        return address == null ? null : address.getAddress();
    }

    /** The text of {@link #ip}; {@code unknown} where there is none. */
    public AsciiString host() {
        return host;
    }

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

    @Override
    public String toString() {
        return (tls ? "tls " : "") + (address == null ? UNKNOWN : address);
    }
}
