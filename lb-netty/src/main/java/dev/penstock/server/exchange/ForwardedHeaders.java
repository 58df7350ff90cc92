package dev.penstock.server.exchange;

import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which headers of a client go to the pod: those that are for the end, and not those by which a client could pretend to
 * be a gateway. Confined to one event loop; a filter in front of the pod's sink, for one request.
 */
final class ForwardedHeaders implements HeaderSink {
    private static final AsciiString PREFILLER = AsciiString.cached("x-prefiller-");
    private static final AsciiString DATA_PARALLEL = AsciiString.cached("x-data-parallel-");
    private static final AsciiString GATEWAY = AsciiString.cached("x-gateway-");
    private static final AsciiString LB = AsciiString.cached("x-lb-");
    private static final AsciiString PROXY = AsciiString.cached("proxy-");

    private final HeaderSink out;
    private final @Nullable List<String> named;
    private final boolean plainAnswer;

    private ForwardedHeaders(HeaderSink out, @Nullable List<String> named, boolean plainAnswer) {
        this.out = out;
        this.named = named;
        this.plainAnswer = plainAnswer;
    }

    /**
     * Tells what goes to the pod.
     *
     * @param plainAnswer whether the pod must not compress, for its answer has to be read
     */
    static void copy(RequestHead head, HeaderSink out, boolean plainAnswer) {
        String connection = head.header(HeaderNames.CONNECTION);
        boolean plain = connection == null || connection.equalsIgnoreCase("keep-alive");
        head.headers(new ForwardedHeaders(out, plain ? null : named(head), plainAnswer));
    }

    /** The headers that the client calls its connection's own. */
    private static @Nullable List<String> named(RequestHead head) {
        List<String> names = new ArrayList<>(0);
        head.headers((name, value) -> {
            if (AsciiString.contentEqualsIgnoreCase(name, HeaderNames.CONNECTION)) {
                for (String token : value.toString().split(",", -1)) {
                    String trimmed = token.trim().toLowerCase(Locale.ROOT);
                    if (!trimmed.isEmpty() && !trimmed.equals("keep-alive") && !trimmed.equals("close")) {
                        names.add(trimmed);
                    }
                }
            }
        });
        return names.isEmpty() ? null : names;
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        if (!dropped(name) && (named == null || !isAmong(named, name))) {
            out.header(name, value);
        }
    }

    private static boolean isAmong(List<String> names, CharSequence name) {
        for (String other : names) {
            if (AsciiString.contentEqualsIgnoreCase(name, other)) {
                return true;
            }
        }
        return false;
    }

    /** By the first letter, so that most headers cost one or two comparisons. */
    private boolean dropped(CharSequence name) {
        return switch (name.charAt(0) | 0x20) {
            case 'a' -> plainAnswer && is(name, HeaderNames.ACCEPT_ENCODING);
            case 'c' -> is(name, HeaderNames.CONNECTION) || is(name, HeaderNames.CONTENT_LENGTH);
            case 'e' -> is(name, HeaderNames.EXPECT);
            case 'h' -> is(name, HeaderNames.HOST);
            case 'k' -> is(name, HeaderNames.KEEP_ALIVE);
            case 'p' -> startsWith(name, PROXY);
            case 'r' -> is(name, HeaderNames.ROUTING_STRATEGY);
            case 't' -> is(name, HeaderNames.TE) || is(name, HeaderNames.TRAILER)
                    || is(name, HeaderNames.TRANSFER_ENCODING) || is(name, HeaderNames.TARGET_POD)
                    || is(name, HeaderNames.TARGET_POD_IP);
            case 'u' -> is(name, HeaderNames.UPGRADE);
            case 'x' -> is(name, HeaderNames.X_REQUEST_ID) || is(name, HeaderNames.WENT_INTO)
                    || startsWith(name, PREFILLER) || startsWith(name, DATA_PARALLEL) || startsWith(name, GATEWAY)
                    || startsWith(name, LB);
            default -> false;
        };
    }

    private static boolean is(CharSequence name, AsciiString other) {
        return name.length() == other.length() && AsciiString.contentEqualsIgnoreCase(name, other);
    }

    private static boolean startsWith(CharSequence name, AsciiString prefix) {
        return name.length() >= prefix.length()
                && AsciiString.regionMatches(name, true, 0, prefix, 0, prefix.length());
    }
}
