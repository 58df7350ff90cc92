package dev.penstock.server.http2;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.ProxyContext;
import dev.penstock.server.exchange.RequestHead;
import dev.penstock.server.exchange.SingleHeaders;
import dev.penstock.server.relay.Ascii;
import dev.penstock.server.relay.Authority;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.spi.ErrorCode;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, checked by the rules of RFC 9113 where they are strictest. Confined to one event loop.
 *
 * <p>What passes can be written as HTTP/1.1 as it is: names are tokens in lower case, values hold nothing that ends a
 * line, and nothing frames the body but what was counted.
 */
final class RequestFields implements RequestHead {
    private static final AsciiString METHOD = AsciiString.cached(":method");
    private static final AsciiString SCHEME = AsciiString.cached(":scheme");
    private static final AsciiString PATH = AsciiString.cached(":path");
    private static final AsciiString AUTHORITY = AsciiString.cached(":authority");
    private static final AsciiString COOKIE = AsciiString.cached("cookie");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString TRAILERS = AsciiString.cached("trailers");
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString HTTP = AsciiString.cached("http");
    private static final AsciiString HTTPS = AsciiString.cached("https");
    private static final AsciiString POST = AsciiString.cached("POST");
    private static final int PSEUDO = ':';
    /** Of a length, as over HTTP/1. */
    private static final int MOST_DIGITS = 19;

    private final FieldList fields;
    private @Nullable AsciiString method;
    private @Nullable AsciiString scheme;
    private @Nullable AsciiString path;
    private @Nullable AsciiString authority;
    private @Nullable AsciiString host;
    private int singles;
    private int firstRegular;
    private int cookies;
    private long contentLength = -1;
    private boolean ended;
    /** One bit for the names of each length and first letter, so that asking for an absent header costs nothing. */
    private long names;

    RequestFields(FieldList fields) {
        this.fields = fields;
    }

    /**
     * Checks the head of a request; to be called before anything else.
     *
     * @param endOfStream whether nothing follows
     * @return what is wrong, or null
     */
    @Nullable ErrorCode check(boolean endOfStream, ProxyContext.Limits limits) {
        if (fields.tooMany() || fields.size() > limits.headers()) {
            return ErrorCode.HEADERS_TOO_LARGE;
        }
        ended = endOfStream;
        int count = fields.size();
        int at = 0;
        while (at < count && isPseudo(fields.name(at))) {
            if (!pseudo(fields.name(at), fields.value(at))) {
                return ErrorCode.MALFORMED_REQUEST;
            }
            at++;
        }
        firstRegular = at;
        for (; at < count; at++) {
            if (!regular(fields.name(at), fields.value(at))) {
                return ErrorCode.MALFORMED_REQUEST;
            }
        }
        AsciiString target = path;
        if (target != null && target.length() > limits.initialLineBytes()) {
            return ErrorCode.TARGET_TOO_LONG;
        }
        return whole() ? null : ErrorCode.MALFORMED_REQUEST;
    }

    /** Whether the fields behind a body are such as may be there. */
    static boolean validTrailers(FieldList trailers) {
        RequestFields checked = new RequestFields(trailers);
        for (int i = 0; i < trailers.size(); i++) {
            if (!checked.regular(trailers.name(i), trailers.value(i))) {
                return false;
            }
        }
        return !trailers.tooMany() && checked.contentLength < 0;
    }

    private static boolean isPseudo(AsciiString name) {
        return !name.isEmpty() && name.byteAt(0) == PSEUDO;
    }

    /** Each of the four once, and no other. */
    private boolean pseudo(AsciiString name, AsciiString value) {
        if (name.equals(METHOD) && method == null) {
            method = value;
        } else if (name.equals(SCHEME) && scheme == null) {
            scheme = value;
        } else if (name.equals(PATH) && path == null) {
            path = value;
        } else if (name.equals(AUTHORITY) && authority == null) {
            authority = value;
        } else {
            return false;
        }
        return true;
    }

    private boolean regular(AsciiString name, AsciiString value) {
        if (!validName(name) || !validValue(value)) {
            return false;
        }
        names |= bit(name);
        int single = SingleHeaders.bit(name.array(), name.arrayOffset(), name.arrayOffset() + name.length());
        if ((singles & single) != 0) {
            return false;
        }
        singles |= single;
        return switch (name.byteAt(0)) {
            case 'c' -> {
                if (name.equals(HeaderNames.CONTENT_LENGTH)) {
                    yield contentLength(value);
                }
                if (name.equals(COOKIE)) {
                    cookies++;
                }
                yield !name.equals(HeaderNames.CONNECTION);
            }
            case 'h' -> !name.equals(HeaderNames.HOST) || host(value);
            case 'k' -> !name.equals(HeaderNames.KEEP_ALIVE);
            case 'p' -> !name.equals(PROXY_CONNECTION);
            case 't' -> !name.equals(HeaderNames.TRANSFER_ENCODING)
                    && (!name.equals(HeaderNames.TE) || value.contentEqualsIgnoreCase(TRAILERS));
            case 'u' -> !name.equals(HeaderNames.UPGRADE);
            default -> true;
        };
    }

    /** A token without capitals: who has them, has them to be read in another way behind us. */
    private static boolean validName(AsciiString name) {
        byte[] bytes = name.array();
        int from = name.arrayOffset();
        int to = from + name.length();
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (!Ascii.isToken(b) || Ascii.lower(b) != b) {
                return false;
            }
        }
        return to > from;
    }

    private static boolean validValue(AsciiString value) {
        byte[] bytes = value.array();
        int from = value.arrayOffset();
        int to = from + value.length();
        for (int i = from; i < to; i++) {
            if (Ascii.isControl(bytes[i])) {
                return false;
            }
        }
        return from == to || (!Ascii.isBlank(bytes[from]) && !Ascii.isBlank(bytes[to - 1]));
    }

    /** Digits, once: a list, even of equal lengths, is read in other ways elsewhere. */
    private boolean contentLength(AsciiString value) {
        if (contentLength >= 0 || value.isEmpty() || value.length() > MOST_DIGITS) {
            return false;
        }
        long length = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.byteAt(i) - '0';
            if (digit < 0 || digit > 9 || length > (Long.MAX_VALUE - 9) / 10) {
                return false;
            }
            length = length * 10 + digit;
        }
        contentLength = length;
        return true;
    }

    private boolean host(AsciiString value) {
        boolean first = host == null;
        host = value;
        return first && isAuthority(value);
    }

    private static boolean isAuthority(AsciiString value) {
        int from = value.arrayOffset();
        return Authority.valid(value.array(), from, from + value.length());
    }

    private boolean whole() {
        AsciiString how = method;
        AsciiString by = scheme;
        AsciiString what = path;
        return how != null && by != null && what != null && isMethod(how) && isScheme(by) && isPath(what)
                && hostIsOne() && !(ended && contentLength > 0);
    }

    private static boolean isMethod(AsciiString value) {
        for (int i = 0; i < value.length(); i++) {
            if (!Ascii.isToken(value.byteAt(i))) {
                return false;
            }
        }
        // A tunnel to an address of the client's choice is nothing that we offer.
        return !value.isEmpty() && !value.equals(CONNECT);
    }

    private static boolean isScheme(AsciiString value) {
        return value.contentEqualsIgnoreCase(HTTPS) || value.contentEqualsIgnoreCase(HTTP);
    }

    private static boolean isPath(AsciiString value) {
        if (value.isEmpty() || value.byteAt(0) != '/') {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            byte b = value.byteAt(i);
            if (b <= ' ' || b == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private boolean hostIsOne() {
        AsciiString named = authority;
        AsciiString told = host;
        if (named == null) {
            return told != null;
        }
        return isAuthority(named) && (told == null || told.contentEqualsIgnoreCase(named));
    }

    private static long bit(AsciiString name) {
        return 1L << (name.length() * 7 + name.byteAt(0));
    }

    // ---- the head, once it is known to be good

    @Override
    public String method() {
        AsciiString value = known(method);
        return value.equals(POST) ? "POST" : value.toString();
    }

    @Override
    public String target() {
        return known(path).toString();
    }

    private static AsciiString known(@Nullable AsciiString checked) {
        if (checked == null) {
            throw new IllegalStateException("not checked, or not good");
        }
        return checked;
    }

    @Override
    public @Nullable String header(AsciiString name) {
        if ((names & bit(name)) != 0) {
            if (cookies > 1 && name.equals(COOKIE)) {
                return joinedCookies();
            }
            for (int i = firstRegular; i < fields.size(); i++) {
                if (fields.name(i).equals(name)) {
                    return fields.value(i).toString();
                }
            }
        }
        return authority != null && name.equals(HeaderNames.HOST) ? authority.toString() : null;
    }

    @Override
    public long bodyLength() {
        return ended ? 0 : contentLength;
    }

    @Override
    public void headers(HeaderSink sink) {
        boolean cookiesTold = cookies < 2;
        for (int i = firstRegular; i < fields.size(); i++) {
            AsciiString name = fields.name(i);
            if (cookies < 2 || !name.equals(COOKIE)) {
                sink.header(name, fields.value(i));
            } else if (!cookiesTold) {
                cookiesTold = true;
                sink.header(COOKIE, joinedCookies());
            }
        }
    }

    /** HTTP/2 allows a cookie header in parts, HTTP/1.1 does not. */
    private String joinedCookies() {
        StringBuilder joined = new StringBuilder();
        for (int i = firstRegular; i < fields.size(); i++) {
            if (fields.name(i).equals(COOKIE)) {
                joined.append(joined.isEmpty() ? "" : "; ").append(fields.value(i));
            }
        }
        return joined.toString();
    }
}
