package dev.penstock.server.frontend;

import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.relay.Ascii;
import dev.penstock.server.relay.Authority;
import io.netty.util.AsciiString;
import java.util.Arrays;

/** Reads the header lines of a request into its {@link ParsedHead}: framing, keep-alive, host, expectation. */
final class RequestHeaders {
    private static final AsciiString CHUNKED = AsciiString.cached("chunked");
    private static final AsciiString CLOSE = AsciiString.cached("close");
    private static final AsciiString CONTINUE = AsciiString.cached("100-continue");

    private final ParsedHead head;
    private boolean host;
    private boolean close;
    private boolean persistent;

    RequestHeaders(ParsedHead head) {
        this.head = head;
    }

    void clear() {
        host = false;
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
        if (!host && !head.http10) {
            return false;
        }
        // Chunks that an older server would not see, and two framings, have no safe reading.
        if (head.chunked && (head.http10 || head.contentLength >= 0)) {
            return false;
        }
        head.keepAlive = !close && (persistent || !head.http10);
        head.expectsContinue &= !head.http10;
        return true;
    }

    /** By the first letter, so that most headers cost one or two comparisons. */
    private boolean interpret(int header, int start, int colon) {
        byte[] bytes = head.bytes;
        return switch (Ascii.lower(bytes[start])) {
            case 'c' -> {
                if (Ascii.is(bytes, start, colon, HeaderNames.CONTENT_LENGTH)) {
                    yield contentLength(header);
                }
                if (Ascii.is(bytes, start, colon, HeaderNames.CONNECTION)) {
                    connection(header);
                }
                yield true;
            }
            case 'e' -> {
                if (Ascii.is(bytes, start, colon, HeaderNames.EXPECT)) {
                    head.expectsContinue |= valueIs(header, CONTINUE);
                }
                yield true;
            }
            case 'h' -> !Ascii.is(bytes, start, colon, HeaderNames.HOST) || host(header);
            case 't' -> !Ascii.is(bytes, start, colon, HeaderNames.TRANSFER_ENCODING) || transferEncoding(header);
            default -> true;
        };
    }

    private boolean valueIs(int header, AsciiString text) {
        return Ascii.is(head.bytes, head.valueStart(header), head.valueEnd(header), text);
    }

    /** Digits, once: a list, even of equal lengths, is read in other ways elsewhere. */
    private boolean contentLength(int header) {
        int to = head.valueEnd(header);
        int at = head.valueStart(header);
        if (head.contentLength >= 0 || at == to) {
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
        boolean good = !head.chunked && valueIs(header, CHUNKED);
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
        if (host) {
            return false;
        }
        host = true;
        return Authority.valid(head.bytes, head.valueStart(header), head.valueEnd(header));
    }
}
