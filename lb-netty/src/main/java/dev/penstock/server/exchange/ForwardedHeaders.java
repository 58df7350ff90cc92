package dev.penstock.server.exchange;

import dev.penstock.server.relay.Ascii;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which headers of a client go to the pod: those that are for the end, and not those by which a client could pretend to
 * be a gateway. Confined to one event loop; a filter in front of the pod's sink, for one request.
 */
final class ForwardedHeaders implements HeaderSink {
    private static final AsciiString PREFILLER = AsciiString.cached("x-prefiller-");
    private static final AsciiString DATA_PARALLEL = AsciiString.cached("x-data-parallel-");
    private static final AsciiString GATEWAY = AsciiString.cached("x-gateway-");
    private static final AsciiString PENSTOCK = AsciiString.cached("x-penstock-");
    private static final AsciiString LB = AsciiString.cached("x-lb-");
    private static final AsciiString PROXY = AsciiString.cached("proxy-");

    private final HeaderSink out;
    private final @Nullable List<AsciiString> named;
    private final boolean plainAnswer;

    private ForwardedHeaders(HeaderSink out, @Nullable List<AsciiString> named, boolean plainAnswer) {
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
        List<AsciiString> named = head.header(HeaderNames.CONNECTION) == null ? null : Named.by(head);
        head.headers(new ForwardedHeaders(out, named, plainAnswer));
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        AsciiString ascii = AsciiString.of(name);
        int from = ascii.arrayOffset();
        if (passes(ascii.array(), from, from + ascii.length())) {
            out.header(name, value);
        }
    }

    @Override
    public void line(byte[] bytes, int from, int colon, int to) {
        if (passes(bytes, from, colon)) {
            out.line(bytes, from, colon, to);
        }
    }

    private boolean passes(byte[] bytes, int from, int to) {
        return !dropped(bytes, from, to) && (named == null || !isAmong(named, bytes, from, to));
    }

    private static boolean isAmong(List<AsciiString> names, byte[] bytes, int from, int to) {
        for (AsciiString other : names) {
            if (Ascii.is(bytes, from, to, other)) {
                return true;
            }
        }
        return false;
    }

    /** By the first letter, so that most headers cost one or two comparisons. */
    private boolean dropped(byte[] bytes, int from, int to) {
        return switch (Ascii.lower(bytes[from])) {
            case 'a' -> plainAnswer && Ascii.is(bytes, from, to, HeaderNames.ACCEPT_ENCODING);
            case 'c' -> Ascii.is(bytes, from, to, HeaderNames.CONNECTION)
                    || Ascii.is(bytes, from, to, HeaderNames.CONTENT_LENGTH);
            case 'e' -> Ascii.is(bytes, from, to, HeaderNames.EXPECT);
            case 'h' -> Ascii.is(bytes, from, to, HeaderNames.HOST);
            case 'k' -> Ascii.is(bytes, from, to, HeaderNames.KEEP_ALIVE);
            case 'p' -> Ascii.startsWith(bytes, from, to, PROXY);
            case 'r' -> Ascii.is(bytes, from, to, HeaderNames.ROUTING_STRATEGY);
            case 't' -> Ascii.is(bytes, from, to, HeaderNames.TE) || Ascii.is(bytes, from, to, HeaderNames.TRAILER)
                    || Ascii.is(bytes, from, to, HeaderNames.TRANSFER_ENCODING)
                    || Ascii.is(bytes, from, to, HeaderNames.TARGET_POD)
                    || Ascii.is(bytes, from, to, HeaderNames.TARGET_POD_IP);
            case 'u' -> Ascii.is(bytes, from, to, HeaderNames.UPGRADE);
            case 'x' -> Ascii.is(bytes, from, to, HeaderNames.X_REQUEST_ID)
                    || Ascii.is(bytes, from, to, HeaderNames.WENT_INTO)
                    || Ascii.startsWith(bytes, from, to, PREFILLER)
                    || Ascii.startsWith(bytes, from, to, DATA_PARALLEL)
                    || Ascii.startsWith(bytes, from, to, GATEWAY) || Ascii.startsWith(bytes, from, to, LB)
                    || Ascii.startsWith(bytes, from, to, PENSTOCK);
            default -> false;
        };
    }

    /** The headers that the client calls its connection's own. */
    private static final class Named implements HeaderSink {
        private @Nullable List<AsciiString> names;

        static @Nullable List<AsciiString> by(RequestHead head) {
            Named named = new Named();
            head.headers(named);
            return named.names;
        }

        @Override
        public void header(CharSequence name, CharSequence value) {
            if (!AsciiString.contentEqualsIgnoreCase(name, HeaderNames.CONNECTION) || isKeepAlive(value)) {
                return;
            }
            for (String token : value.toString().split(",", -1)) {
                String trimmed = token.trim();
                if (!trimmed.isEmpty() && !isKeepAlive(trimmed) && !trimmed.equalsIgnoreCase("close")) {
                    names = names == null ? new ArrayList<>() : names;
                    names.add(AsciiString.of(trimmed));
                }
            }
        }

        @Override
        public void line(byte[] bytes, int from, int colon, int to) {
            if (Ascii.is(bytes, from, colon, HeaderNames.CONNECTION)) {
                HeaderSink.super.line(bytes, from, colon, to);
            }
        }

        private static boolean isKeepAlive(CharSequence value) {
            return AsciiString.contentEqualsIgnoreCase(value, HeaderNames.KEEP_ALIVE);
        }
    }
}
