package dev.penstock.cache.discovery;

import java.net.Inet6Address;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Where an endpoint is. Names are kept as names: they are resolved by whoever connects.
 *
 * @param host IP address or host name in lower case, without brackets
 * @param port port
 */
record EndpointAddress(String host, int port) {

    /** Port of an endpoint that names none. */
    static final int DEFAULT_PORT = 8000;

    private static final int LONGEST_NAME = 253;
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([a-z0-9_-]{0,62})(\\.[a-z0-9]([a-z0-9_-]{0,62}))*\\.?");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]+");

    /**
     * Reads {@code host}, {@code host:port}, {@code [ipv6]} or {@code [ipv6]:port}.
     *
     * @throws IllegalArgumentException with the reason
     */
    static EndpointAddress parse(String text) {
        String address = text.toLowerCase(Locale.ROOT);
        if (address.contains("://")) {
            throw new IllegalArgumentException("expected host:port, without a scheme: " + text);
        }
        if (address.startsWith("[")) {
            int end = address.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("the bracket of the IPv6 address is not closed: " + text);
            }
            return new EndpointAddress(ipv6(address.substring(1, end)), port(address.substring(end + 1), text));
        }
        int colon = address.indexOf(':');
        if (colon >= 0 && address.indexOf(':', colon + 1) >= 0) {
            throw new IllegalArgumentException("an IPv6 address wants brackets, as in \"[::1]:8000\": " + text);
        }
        String host = colon < 0 ? address : address.substring(0, colon);
        return new EndpointAddress(name(host, text), port(colon < 0 ? "" : address.substring(colon), text));
    }

    /** Reads a text of a file; null where it is no address, which is told. */
    static @Nullable EndpointAddress read(Node node, YamlSource source) {
        String text = source.text(node, "endpoint");
        if (text == null) {
            return null;
        }
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            source.error(node, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static String ipv6(String host) {
        if (IPV6.matcher(host).matches()) {
            try {
                Inet6Address.ofLiteral(host);
                return host;
            } catch (IllegalArgumentException e) {
                // said below
            }
        }
        throw new IllegalArgumentException("not an IPv6 address: " + host);
    }

    private static String name(String host, String text) {
        boolean valid = NUMBERS.matcher(host).matches() ? IPV4.matcher(host).matches()
                : host.length() <= LONGEST_NAME && NAME.matcher(host).matches();
        if (!valid) {
            throw new IllegalArgumentException("not a host name or IP address: " + text);
        }
        return host;
    }

    private static int port(String rest, String text) {
        if (rest.isEmpty()) {
            return DEFAULT_PORT;
        }
        String digits = rest.substring(1);
        if (rest.charAt(0) == ':' && !digits.isEmpty() && digits.length() <= 5
                && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        }
        throw new IllegalArgumentException("expected a port from 1 to 65535: " + text);
    }

    /** {@code host:port}, an IPv6 address in its longest form, so that equal addresses are equal texts. */
    String canonical() {
        String unique = host.indexOf(':') >= 0 ? "[" + Inet6Address.ofLiteral(host).getHostAddress() + "]" : host;
        return unique + ":" + port;
    }

    /** A name for a pod that has none of its own. */
    String podName() {
        return host.replace(':', '-') + "-" + port;
    }
}
