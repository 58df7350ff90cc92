package dev.penstock.server.exchange;

import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.address.ForwardedHops;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.address.ForwardingRules.Header;
import dev.penstock.server.address.ForwardingRules.Mode;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What pods are told of where a request comes from, and where it does come from. Holds no state.
 *
 * <p>Only of a peer that is trusted the header is believed that the rules name; all others are dropped, for a proxy
 * that maintains one passes the other on as the client made it up.
 */
final class OriginHeaders {
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString HTTPS = AsciiString.cached("https");

    private OriginHeaders() {
    }

    /** Whether what the request says of its origin is believed, and passed on. */
    static boolean believed(Peer peer, ForwardingRules rules) {
        return rules.mode() == Mode.APPEND && trusted(peer, rules.trust());
    }

    private static boolean trusted(Peer peer, AddressRanges trust) {
        InetAddress ip = trust.isEmpty() ? null : peer.ip();
        return ip != null && trust.contains(ip);
    }

    /** The client, by the rightmost hop that is not trusted; null where the transport has no addresses. */
    static @Nullable InetAddress client(RequestHead head, Peer peer, ForwardingRules rules) {
        InetAddress ip = peer.ip();
        if (ip == null || !trusted(peer, rules.trust())) {
            return ip;
        }
        boolean standard = rules.header() == Header.FORWARDED;
        String value = HeaderValues.joined(head, standard ? HeaderNames.FORWARDED : HeaderNames.X_FORWARDED_FOR);
        if (value == null) {
            return ip;
        }
        return ForwardedHops.client(ip, standard ? ForwardedHops.ofForwarded(value)
                : ForwardedHops.ofForwardedFor(value), rules.trust());
    }

    /**
     * Tells the headers.
     *
     * @param believed what {@link #believed} says
     * @param hostTold whether the host was told with the other headers, where it costs nothing to find
     */
    static void tell(RequestHead head, Peer peer, ForwardingRules rules, boolean believed, boolean hostTold,
            HeaderSink sink) {
        if (rules.mode() == Mode.OFF) {
            return;
        }
        if (rules.header() == Header.FORWARDED) {
            forwarded(head, peer, believed, sink);
            return;
        }
        String before = believed ? HeaderValues.joined(head, HeaderNames.X_FORWARDED_FOR) : null;
        sink.header(HeaderNames.X_FORWARDED_FOR, before == null || before.isBlank() ? peer.host()
                : before + ", " + peer.host());
        if (!believed || head.header(HeaderNames.X_FORWARDED_PROTO) == null) {
            sink.header(HeaderNames.X_FORWARDED_PROTO, peer.tls() ? HTTPS : HTTP);
        }
        if (!hostTold && (!believed || head.header(HeaderNames.X_FORWARDED_HOST) == null)) {
            String host = head.header(HeaderNames.HOST);
            if (host != null) {
                sink.header(HeaderNames.X_FORWARDED_HOST, host);
            }
        }
    }

    private static void forwarded(RequestHead head, Peer peer, boolean believed, HeaderSink sink) {
        String before = believed ? HeaderValues.joined(head, HeaderNames.FORWARDED) : null;
        StringBuilder value = new StringBuilder();
        if (before != null && !before.isBlank()) {
            value.append(before).append(", ");
        }
        boolean v6 = peer.host().indexOf(":") >= 0;
        value.append(v6 ? "for=\"[" : "for=").append(peer.host()).append(v6 ? "]\"" : "")
                .append(";proto=").append(peer.tls() ? HTTPS : HTTP);
        String host = head.header(HeaderNames.HOST);
        if (host != null && host.indexOf('"') < 0 && host.indexOf('\\') < 0) {
            value.append(";host=\"").append(host).append('"');
        }
        sink.header(HeaderNames.FORWARDED, value);
    }
}
