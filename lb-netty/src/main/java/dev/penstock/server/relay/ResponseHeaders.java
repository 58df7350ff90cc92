package dev.penstock.server.relay;

import io.netty.util.AsciiString;
import java.util.Arrays;

/** Reads the header lines of a response into its {@link ResponseHead}: framing, keep-alive, what not to relay. */
final class ResponseHeaders {
    private static final AsciiString CONNECTION = AsciiString.cached("connection");
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString CLOSE = AsciiString.cached("close");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString CONTENT_ENCODING = AsciiString.cached("content-encoding");
    private static final AsciiString IDENTITY = AsciiString.cached("identity");
    private static final AsciiString TRANSFER_ENCODING = AsciiString.cached("transfer-encoding");
    private static final AsciiString CHUNKED = AsciiString.cached("chunked");
    private static final AsciiString RETRY_AFTER = AsciiString.cached("retry-after");
    private static final AsciiString TIMEOUT = AsciiString.cached("timeout=");
    private static final AsciiString EVENT_STREAM = AsciiString.cached("text/event-stream");
    private static final AsciiString JSON = AsciiString.cached("application/json");
    private static final AsciiString PROXY = AsciiString.cached("proxy-");
    private static final AsciiString TE = AsciiString.cached("te");
    private static final AsciiString TRAILER = AsciiString.cached("trailer");
    private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
    private static final AsciiString UPGRADE = AsciiString.cached("upgrade");

    private final ResponseHead head;
    private boolean chunked;
    private boolean close;
    private boolean persistent;
    private boolean namesHeaders;

    ResponseHeaders(ResponseHead head) {
        this.head = head;
    }

    void clear() {
        head.count = 0;
        Arrays.fill(head.dropped, 0);
        head.contentLength = -1;
        head.keepAliveTimeoutSeconds = -1;
        head.eventStream = false;
        head.json = false;
        head.encoded = false;
        head.retryAfter = false;
        head.websocket = false;
        chunked = false;
        close = false;
        persistent = false;
        namesHeaders = false;
    }

    /** Reads one line; false if it is malformed. */
    boolean add(int start, int end) {
        byte[] bytes = head.bytes;
        int colon = start;
        while (colon < end && Ascii.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == start || colon == end || bytes[colon] != ':' || head.count == ResponseHead.MAX_HEADERS) {
            return false;
        }
        for (int i = colon + 1; i < end; i++) {
            if ((bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7f) {
                return false;
            }
        }
        int at = head.count * ResponseHead.WIDTH;
        if (at == head.headers.length) {
            head.headers = Arrays.copyOf(head.headers, 2 * at);
        }
        head.headers[at] = start;
        head.headers[at + 1] = colon;
        head.headers[at + 2] = end;
        return interpret(head.count++);
    }

    /** Decides over framing and connection once all lines are read; false if they contradict each other. */
    boolean conclude(boolean toHead) {
        if (namesHeaders) {
            dropNamed();
        }
        if (chunked && head.minorVersion == 0) {
            // Nobody agrees on what chunks before HTTP/1.1 mean.
            return false;
        }
        if (head.switchesProtocols()) {
            return switching();
        }
        boolean both = chunked && head.contentLength >= 0;
        if (chunked) {
            head.contentLength = -1;
        }
        if (toHead || head.status == 204 || head.status == 304) {
            head.framing = Framing.NONE;
        } else if (chunked) {
            head.framing = Framing.CHUNKED;
        } else {
            head.framing = head.contentLength >= 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
        }
        // Two framings in one head mean that somebody behind may have seen another end.
        head.keepAlive = !close && !both && head.framing != Framing.UNTIL_CLOSE
                && (head.minorVersion == 1 || persistent);
        return true;
    }

    /** Bytes of a WebSocket follow, up to the end of the connection; a body of its own the head cannot have. */
    private boolean switching() {
        head.framing = Framing.UNTIL_CLOSE;
        head.keepAlive = false;
        return head.websocket && !chunked && head.contentLength <= 0;
    }

    private boolean interpret(int header) {
        // By length and first letter, so that most headers cost one comparison.
        int length = head.nameEnd(header) - head.nameStart(header);
        byte first = Ascii.lower(head.bytes[head.nameStart(header)]);
        return switch (first) {
            case 'c' -> length < 10 || content(header);
            case 'k' -> !head.nameIs(header, KEEP_ALIVE) || keepAlive(header);
            case 'p' -> {
                if (Ascii.startsWith(head.bytes, head.nameStart(header), head.nameEnd(header), PROXY)) {
                    head.drop(header);
                }
                yield true;
            }
            case 'r' -> {
                head.retryAfter |= head.nameIs(header, RETRY_AFTER);
                yield true;
            }
            case 't' -> transfer(header);
            case 'u' -> {
                if (head.nameIs(header, UPGRADE)) {
                    head.drop(header);
                    head.websocket = Ascii.is(head.bytes, head.valueStart(header), head.valueEnd(header), WEBSOCKET);
                }
                yield true;
            }
            default -> true;
        };
    }

    private boolean content(int header) {
        if (head.nameIs(header, CONTENT_LENGTH)) {
            head.drop(header);
            return contentLength(header);
        }
        if (head.nameIs(header, CONNECTION)) {
            head.drop(header);
            connection(header);
            return true;
        }
        int from = head.valueStart(header);
        int to = head.valueEnd(header);
        if (head.nameIs(header, CONTENT_TYPE)) {
            head.eventStream = Ascii.startsWith(head.bytes, from, to, EVENT_STREAM);
            head.json = Ascii.startsWith(head.bytes, from, to, JSON);
        } else if (head.nameIs(header, CONTENT_ENCODING)) {
            head.encoded = !Ascii.is(head.bytes, from, to, IDENTITY);
        }
        return true;
    }

    /** Several equal lengths, in one line or more, are one length; anything else has no safe reading. */
    private boolean contentLength(int header) {
        int to = head.valueEnd(header);
        int at = head.valueStart(header);
        do {
            long value = 0;
            int digits = 0;
            while (at < to && head.bytes[at] >= '0' && head.bytes[at] <= '9') {
                if (value > (Long.MAX_VALUE - 9) / 10) {
                    return false;
                }
                value = value * 10 + head.bytes[at] - '0';
                at++;
                digits++;
            }
            if (digits == 0 || (head.contentLength >= 0 && head.contentLength != value)) {
                return false;
            }
            head.contentLength = value;
            while (at < to && Ascii.isBlank(head.bytes[at])) {
                at++;
            }
            if (at == to) {
                return true;
            }
            if (head.bytes[at++] != ',') {
                return false;
            }
            while (at < to && Ascii.isBlank(head.bytes[at])) {
                at++;
            }
        } while (true);
    }

    private boolean transfer(int header) {
        if (head.nameIs(header, TRANSFER_ENCODING)) {
            head.drop(header);
            // Another coding inside the chunks would be lost when the header is made again for the client.
            boolean good = !chunked && Ascii.is(head.bytes, head.valueStart(header), head.valueEnd(header), CHUNKED);
            chunked = true;
            return good;
        }
        if (head.nameIs(header, TE) || head.nameIs(header, TRAILER)) {
            head.drop(header);
        }
        return true;
    }

    private boolean keepAlive(int header) {
        head.drop(header);
        int to = head.valueEnd(header);
        for (int at = head.valueStart(header); at < to; at++) {
            if (Ascii.startsWith(head.bytes, at, to, TIMEOUT)) {
                int seconds = 0;
                int digit = at + TIMEOUT.length();
                while (digit < to && head.bytes[digit] >= '0' && head.bytes[digit] <= '9' && seconds < 1_000_000) {
                    seconds = seconds * 10 + head.bytes[digit] - '0';
                    digit++;
                }
                head.keepAliveTimeoutSeconds = digit == at + TIMEOUT.length() ? -1 : seconds;
                return true;
            }
        }
        return true;
    }

    private void connection(int header) {
        int to = head.valueEnd(header);
        int from = head.valueStart(header);
        while (from < to) {
            int end = tokenEnd(from, to);
            if (Ascii.is(head.bytes, from, end, CLOSE)) {
                close = true;
            } else if (Ascii.is(head.bytes, from, end, KEEP_ALIVE)) {
                persistent = true;
            } else if (end > from) {
                namesHeaders = true;
            }
            from = nextToken(end, to);
        }
    }

    /** Drops the headers that a Connection header names; rare, so the cost of looking at all is paid only then. */
    private void dropNamed() {
        for (int i = 0; i < head.count; i++) {
            if (!head.nameIs(i, CONNECTION)) {
                continue;
            }
            int to = head.valueEnd(i);
            int from = head.valueStart(i);
            while (from < to) {
                int end = tokenEnd(from, to);
                dropAll(new AsciiString(head.bytes, from, end - from, false));
                from = nextToken(end, to);
            }
        }
    }

    private void dropAll(AsciiString name) {
        for (int i = 0; i < head.count; i++) {
            if (head.nameIs(i, name)) {
                head.drop(i);
            }
        }
    }

    private int tokenEnd(int from, int to) {
        int end = from;
        while (end < to && head.bytes[end] != ',' && !Ascii.isBlank(head.bytes[end])) {
            end++;
        }
        return end;
    }

    private int nextToken(int from, int to) {
        int at = from;
        while (at < to && (head.bytes[at] == ',' || Ascii.isBlank(head.bytes[at]))) {
            at++;
        }
        return at;
    }
}
