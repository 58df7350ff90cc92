package dev.penstock.server.address;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the hops of {@code X-Forwarded-For} and of {@code Forwarded} (RFC 7239), and finds the client among them: the
 * rightmost one that is not trusted. What stands left of it is hearsay. Holds no state.
 */
public final class ForwardedHops {
    /** Whoever trusts more proxies in a row has another problem. */
    private static final int MOST = 32;

    private ForwardedHops() {
    }

    /**
     * The client, by the address that the connection comes from and what was told of the hops before.
     *
     * @param peer the other end of the connection
     * @param hops the hops before it, the nearest one last; null for one that is no address
     * @param trusted whose word counts
     */
    public static InetAddress client(InetAddress peer, List<@Nullable InetAddress> hops, AddressRanges trusted) {
        InetAddress client = peer;
        for (int i = hops.size() - 1; i >= 0 && trusted.contains(client); i--) {
            InetAddress before = hops.get(i);
            if (before == null) {
                // Hidden, unknown or garbage: the last one that is known stands for it.
                return client;
            }
            client = before;
        }
        return client;
    }

    /** The hops that the value of {@code X-Forwarded-For} tells, at most the last 32. */
    public static List<@Nullable InetAddress> ofForwardedFor(String value) {
        List<@Nullable InetAddress> hops = new ArrayList<>();
        String[] items = value.split(",", -1);
        for (int i = Math.max(0, items.length - MOST); i < items.length; i++) {
            hops.add(node(items[i].trim()));
        }
        return hops;
    }

    /** The hops that the value of {@code Forwarded} tells, at most the last 32; one that cannot be read is null. */
    public static List<@Nullable InetAddress> ofForwarded(String value) {
        List<@Nullable InetAddress> hops = new ArrayList<>();
        int from = 0;
        boolean quoted = false;
        for (int i = 0; i <= value.length(); i++) {
            char c = i == value.length() ? ',' : value.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            } else if (c == ',' && (!quoted || i >= value.length())) {
                hops.add(element(value.substring(from, Math.min(i, value.length()))));
                from = i + 1;
            }
        }
        return hops.size() > MOST ? hops.subList(hops.size() - MOST, hops.size()) : hops;
    }

    /** One element: pairs with semicolons, of which the one named {@code for} counts. */
    private static @Nullable InetAddress element(String element) {
        String node = null;
        for (String pair : element.split(";", -1)) {
            String trimmed = pair.trim();
            if (trimmed.regionMatches(true, 0, "for=", 0, 4)) {
                if (node != null) {
                    return null;
                }
                node = trimmed.substring(4);
            }
        }
        if (node == null) {
            return null;
        }
        boolean quoted = node.length() >= 2 && node.charAt(0) == '"' && node.charAt(node.length() - 1) == '"';
        return node(quoted ? node.substring(1, node.length() - 1) : node);
    }

    /** {@code 1.2.3.4}, {@code 1.2.3.4:80}, {@code ::1}, {@code [::1]}, {@code [::1]:80}; null for anything else. */
    static @Nullable InetAddress node(String text) {
        if (text.isEmpty()) {
            return null;
        }
        if (text.charAt(0) == '[') {
            int close = text.indexOf(']');
            return close > 0 && isPort(text, close + 1) ? v6(text.substring(1, close)) : null;
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && colon == text.lastIndexOf(':')) {
            return isPort(text, colon) ? IpAddress.parse(text.substring(0, colon)) : null;
        }
        return IpAddress.parse(text);
    }

    private static @Nullable InetAddress v6(String text) {
        return text.indexOf(':') < 0 ? null : IpAddress.parse(text);
    }

    /** Nothing, or a colon and a port, which may be hidden ({@code _name}). */
    private static boolean isPort(String text, int from) {
        if (from == text.length()) {
            return true;
        }
        if (text.charAt(from) != ':' || from + 1 == text.length()) {
            return false;
        }
        for (int i = from + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'
                    || c == '-' || c == '.';
            if (!good) {
                return false;
            }
        }
        return true;
    }
}
