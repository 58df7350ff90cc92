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
 *
 * <p>Names are compared as servers behind CGI and WSGI see them, for which {@code target_pod} is {@code target-pod}.
 */
final class ForwardedHeaders implements HeaderSink {
    /** The pod must not compress, for its answer has to be read. */
    static final int PLAIN_ANSWER = 1;
    /** The client's trace is valid, and its state belongs to it. */
    static final int TRACE_GIVEN = 2;
    /** What the client tells of the origin of its request is believed. */
    static final int ORIGIN = 4;
    /** The pod is told the host that the client asked for. */
    static final int TELLS_HOST = 8;
    /** The client's key is kept from the pod. */
    static final int WITHOUT_KEYS = 16;
    /** The pod is told another user than the client names. */
    static final int WITHOUT_USER = 32;
    /** The pod is told of a body in JSON, whatever the client calls its own. */
    static final int JSON_BODY = 64;

    private static final AsciiString PREFILLER = AsciiString.cached("x-prefiller-");
    private static final AsciiString DATA_PARALLEL = AsciiString.cached("x-data-parallel-");
    private static final AsciiString GATEWAY = AsciiString.cached("x-gateway-");
    private static final AsciiString PENSTOCK = AsciiString.cached("x-penstock-");
    private static final AsciiString LB = AsciiString.cached("x-lb-");
    private static final AsciiString PROXY = AsciiString.cached("proxy-");
    private static final AsciiString FORWARDED = AsciiString.cached("x-forwarded-");
    private static final AsciiString TARGET = AsciiString.cached("target-pod");
    private static final AsciiString PREFILL_TARGET = AsciiString.cached("prefill-target-pod");

    private final HeaderSink out;
    private final @Nullable List<AsciiString> named;
    private final int terms;
    private boolean hostTold;

    private ForwardedHeaders(HeaderSink out, @Nullable List<AsciiString> named, int terms) {
        this.out = out;
        this.named = named;
        this.terms = terms;
    }

    /**
     * Tells what goes to the pod.
     *
     * @param terms a sum of the constants above
     * @return whether the pod was told the host, where it is to be
     */
    static boolean copy(RequestHead head, HeaderSink out, int terms) {
        List<AsciiString> named = head.header(HeaderNames.CONNECTION) == null ? null : Named.by(head);
        ForwardedHeaders filter = new ForwardedHeaders(out, named, terms);
        head.headers(filter);
        return filter.hostTold;
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        AsciiString ascii = AsciiString.of(name);
        int from = ascii.arrayOffset();
        byte[] bytes = ascii.array();
        if (!isHeader(bytes, from, from + ascii.length(), value)) {
            return;
        }
        if (has(TELLS_HOST) && Ascii.is(bytes, from, from + ascii.length(), HeaderNames.HOST)) {
            hostTold = true;
            out.header(HeaderNames.X_FORWARDED_HOST, value);
        } else if (passes(bytes, from, from + ascii.length())) {
            if (mayHoldKey(bytes, from, from + ascii.length())) {
                protocols(value);
            } else {
                out.header(name, value);
            }
        }
    }

    /** Other protocols can carry what would be another header, or another request, in lines. */
    private static boolean isHeader(byte[] name, int from, int to, CharSequence value) {
        for (int i = from; i < to; i++) {
            if (!Ascii.isToken(name[i])) {
                return false;
            }
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return to > from;
    }

    @Override
    public void line(byte[] bytes, int from, int colon, int to) {
        if (passes(bytes, from, colon)) {
            if (mayHoldKey(bytes, from, colon)) {
                protocols(value(bytes, colon, to));
            } else {
                out.line(bytes, from, colon, to);
            }
        } else if (has(TELLS_HOST) && Ascii.is(bytes, from, colon, HeaderNames.HOST)) {
            hostTold = true;
            out.header(HeaderNames.X_FORWARDED_HOST, value(bytes, colon, to));
        }
    }

    private static AsciiString value(byte[] bytes, int colon, int to) {
        int start = colon + 1;
        int end = to;
        while (start < end && Ascii.isBlank(bytes[start])) {
            start++;
        }
        while (end > start && Ascii.isBlank(bytes[end - 1])) {
            end--;
        }
        return new AsciiString(bytes, start, end - start, false);
    }

    /** Browsers hide a key among the subprotocols, for they cannot set other headers. */
    private boolean mayHoldKey(byte[] bytes, int from, int to) {
        return has(WITHOUT_KEYS) && is(bytes, from, to, HeaderNames.WEBSOCKET_PROTOCOL);
    }

    private void protocols(CharSequence value) {
        String left = WebSocketHandshake.withoutKey(value.toString());
        if (!left.isEmpty()) {
            out.header(HeaderNames.WEBSOCKET_PROTOCOL, left);
        }
    }

    private boolean has(int term) {
        return (terms & term) != 0;
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
            case 'a' -> (has(PLAIN_ANSWER) && is(bytes, from, to, HeaderNames.ACCEPT_ENCODING))
                    || (has(WITHOUT_KEYS) && is(bytes, from, to, HeaderNames.AUTHORIZATION));
            case 'c' -> is(bytes, from, to, HeaderNames.CONNECTION) || is(bytes, from, to, HeaderNames.CONTENT_LENGTH)
                    || (has(JSON_BODY) && is(bytes, from, to, HeaderNames.CONTENT_TYPE));
            case 'e' -> is(bytes, from, to, HeaderNames.EXPECT);
            case 'f' -> is(bytes, from, to, HeaderNames.FORWARDED);
            case 'h' -> is(bytes, from, to, HeaderNames.HOST);
            case 'k' -> is(bytes, from, to, HeaderNames.KEEP_ALIVE);
            case 'p' -> begins(bytes, from, to, PROXY) || begins(bytes, from, to, PREFILL_TARGET);
            case 'r' -> is(bytes, from, to, HeaderNames.ROUTING_STRATEGY);
            case 't' -> is(bytes, from, to, HeaderNames.TE) || is(bytes, from, to, HeaderNames.TRAILER)
                    || is(bytes, from, to, HeaderNames.TRANSFER_ENCODING)
                    || is(bytes, from, to, HeaderNames.TRACEPARENT)
                    || (!has(TRACE_GIVEN) && is(bytes, from, to, HeaderNames.TRACESTATE))
                    || begins(bytes, from, to, TARGET);
            case 'u' -> is(bytes, from, to, HeaderNames.UPGRADE)
                    || (has(WITHOUT_USER) && is(bytes, from, to, HeaderNames.USER));
            case 'x' -> extension(bytes, from, to);
            default -> false;
        };
    }

    private boolean extension(byte[] bytes, int from, int to) {
        // The second letter of the name proper, for many names begin with x-.
        return to - from > 2 && switch (Ascii.lower(bytes[from + 2])) {
            case 'a' -> has(WITHOUT_KEYS) && is(bytes, from, to, HeaderNames.X_API_KEY);
            case 'd' -> begins(bytes, from, to, DATA_PARALLEL);
            case 'f' -> has(ORIGIN) ? is(bytes, from, to, HeaderNames.X_FORWARDED_FOR)
                    : begins(bytes, from, to, FORWARDED);
            case 'g' -> begins(bytes, from, to, GATEWAY);
            case 'l' -> begins(bytes, from, to, LB);
            case 'p' -> begins(bytes, from, to, PREFILLER) || begins(bytes, from, to, PENSTOCK);
            case 'r' -> is(bytes, from, to, HeaderNames.X_REQUEST_ID)
                    || (!has(ORIGIN) && is(bytes, from, to, HeaderNames.X_REAL_IP));
            case 'w' -> is(bytes, from, to, HeaderNames.WENT_INTO);
            default -> false;
        };
    }

    private static boolean is(byte[] bytes, int from, int to, AsciiString name) {
        return to - from == name.length() && begins(bytes, from, to, name);
    }

    private static boolean begins(byte[] bytes, int from, int to, AsciiString name) {
        if (to - from < name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            byte b = bytes[from + i];
            if ((b == '_' ? '-' : Ascii.lower(b)) != name.byteAt(i)) {
                return false;
            }
        }
        return true;
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
