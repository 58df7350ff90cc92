package dev.penstock.server.address;

/**
 * Whom the balancer believes about where a request comes from, and what it tells pods about it. Immutable; any thread.
 *
 * @param proxyProtocol whether each connection begins with a PROXY header
 * @param proxyTrust whose PROXY headers count
 * @param mode what is told to pods
 * @param header in which header
 * @param trust whose headers count
 */
public record ForwardingRules(ProxyProtocol proxyProtocol, AddressRanges proxyTrust, Mode mode, Header header,
        AddressRanges trust) {

    /** Nobody is believed; pods are told the address of the connection. */
    public static final ForwardingRules STANDARD = new ForwardingRules(ProxyProtocol.OFF, AddressRanges.NONE,
            Mode.APPEND, Header.X_FORWARDED_FOR, AddressRanges.NONE);

    /** Whether connections begin with a PROXY header. */
    public enum ProxyProtocol {
        /** None does. */
        OFF,
        /** Each does. */
        REQUIRED
    }

    /** What pods are told. */
    public enum Mode {
        /** The hops that trusted peers tell, and the peer; of other peers only themselves. */
        APPEND,
        /** The peer alone. */
        REPLACE,
        /** Nothing. */
        OFF
    }

    /** The header that proxies in front speak, and that pods are told by. */
    public enum Header {
        /** {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. */
        X_FORWARDED_FOR,
        /** {@code Forwarded}, RFC 7239. */
        FORWARDED
    }
}
