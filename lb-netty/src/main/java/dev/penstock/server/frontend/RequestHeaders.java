package dev.penstock.server.frontend;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.SingleHeaders;
import dev.penstock.server.relay.Ascii;
import dev.penstock.server.relay.Authority;
import io.netty.util.AsciiString;
import java.util.Arrays;

/** Reads the header lines of a request into its {@link ParsedHead}: framing, keep-alive, host, expectation. */
final class RequestHeaders {
    private static final AsciiString CHUNKED = AsciiString.cached("chunked");
    private static final AsciiString CLOSE = AsciiString.cached("close");
    private static final AsciiString HTTP = AsciiString.cached("http://");
    private static final AsciiString HTTPS = AsciiString.cached("https://");
    /** More digits than a length can have. */
    private static final int MOST_DIGITS = 19;

    private final ParsedHead head;
    private int hostHeader;
    private int singles;
    private boolean close;
    private boolean persistent;

    RequestHeaders(ParsedHead head) {
        this.head = head;
    }

    void clear() {
        hostHeader = -1;
        singles = 0;
        close = false;
        persistent = false;
    }

    /** Reads one line; false if it is malformed. */
    boolean add(int start, int end) {
        byte[] bytes = head.bytes;
        int colon = start;
        while (colon < end && Ascii.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == start || colon == end || bytes[colon] != ':') {
            return false;
        }
        for (int i = colon + 1; i < end; i++) {
            if (Ascii.isControl(bytes[i])) {
                return false;
            }
        }
        if (head.count * ParsedHead.WIDTH == head.headers.length) {
            head.headers = Arrays.copyOf(head.headers, 2 * head.headers.length);
        }
        head.add(start, colon, end);
        return interpret(head.count - 1, start, colon);
    }

    /** Decides over framing and connection once all lines are read; false if they contradict each other. */
    boolean conclude() {
        if ((hostHeader < 0 && !head.http10) || !targetIsOfHost()) {
            return false;
        }
        // Chunks that an older server would not see, and two framings, have no safe reading.
        if (head.chunked && (head.http10 || head.contentLength >= 0)) {
            return false;
        }
        head.keepAlive = !close && (persistent || !head.http10);
        head.expects &= !head.http10;
        return true;
    }

    /** By the first letter, so that most headers cost one or two comparisons. */
    private boolean interpret(int header, int start, int colon) {
        byte[] bytes = head.bytes;
        return switch (Ascii.lower(bytes[start])) {
            case 'a' -> single(start, colon);
            case 'c' -> {
                if (Ascii.is(bytes, start, colon, HeaderNames.CONTENT_LENGTH)) {
                    yield contentLength(header);
                }
                if (Ascii.is(bytes, start, colon, HeaderNames.CONNECTION)) {
                    connection(header);
                }
                yield single(start, colon);
            }
            case 'e' -> {
                head.expects |= Ascii.is(bytes, start, colon, HeaderNames.EXPECT);
                yield single(start, colon);
            }
            case 'h' -> !Ascii.is(bytes, start, colon, HeaderNames.HOST) || host(header);
            case 't' -> !Ascii.is(bytes, start, colon, HeaderNames.TRANSFER_ENCODING) || transferEncoding(header);
            default -> true;
        };
    }

    private boolean single(int start, int colon) {
        int bit = SingleHeaders.bit(head.bytes, start, colon);
        boolean first = (singles & bit) == 0;
        singles |= bit;
        return first;
    }

    /** A target with a host in it names the one that the header does, or none could say which one counts. */
    private boolean targetIsOfHost() {
        byte[] bytes = head.bytes;
        int from = head.targetStart;
        if (bytes[from] == '/' || hostHeader < 0) {
            return true;
        }
        if (Ascii.startsWith(bytes, from, head.targetEnd, HTTP)) {
            from += HTTP.length();
        } else if (Ascii.startsWith(bytes, from, head.targetEnd, HTTPS)) {
            from += HTTPS.length();
        } else {
            return true;
        }
        int to = from;
        while (to < head.targetEnd && bytes[to] != '/' && bytes[to] != '?') {
            to++;
        }
        int start = head.valueStart(hostHeader);
        return Ascii.is(bytes, from, to, new AsciiString(bytes, start, head.valueEnd(hostHeader) - start, false));
    }

    /** What frames a request is read in more ways than one where a tab stands about it. */
    private boolean hasTab(int header) {
        for (int i = head.colon(header) + 1; i < head.lineEnd(header); i++) {
            if (head.bytes[i] == '\t') {
                return true;
            }
        }
        return false;
    }

    /** Digits, once: a list, even of equal lengths, is read in other ways elsewhere. */
    private boolean contentLength(int header) {
        int to = head.valueEnd(header);
        int at = head.valueStart(header);
        if (head.contentLength >= 0 || at == to || to - at > MOST_DIGITS || hasTab(header)) {
            return false;
        }
        long value = 0;
        for (; at < to; at++) {
            int digit = head.bytes[at] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - 9) / 10) {
                return false;
            }
            value = value * 10 + digit;
        }
        head.contentLength = value;
        return true;
    }

    /** Chunks alone, once: another coding inside them would hide the body from whoever only looks for chunks. */
    private boolean transferEncoding(int header) {
        boolean good = !head.chunked && !hasTab(header)
                && Ascii.is(head.bytes, head.valueStart(header), head.valueEnd(header), CHUNKED);
        head.chunked = true;
        return good;
    }

    private void connection(int header) {
        int to = head.valueEnd(header);
        int from = head.valueStart(header);
        while (from < to) {
            int comma = from;
            while (comma < to && head.bytes[comma] != ',') {
                comma++;
            }
            int end = comma;
            while (end > from && Ascii.isBlank(head.bytes[end - 1])) {
                end--;
            }
            close |= Ascii.is(head.bytes, from, end, CLOSE);
            persistent |= Ascii.is(head.bytes, from, end, HeaderNames.KEEP_ALIVE);
            from = comma + 1;
            while (from < to && Ascii.isBlank(head.bytes[from])) {
                from++;
            }
        }
    }

    /** A host, once. */
    private boolean host(int header) {
        if (hostHeader >= 0) {
            return false;
        }
        hostHeader = header;
        return Authority.valid(head.bytes, head.valueStart(header), head.valueEnd(header));
    }
}
