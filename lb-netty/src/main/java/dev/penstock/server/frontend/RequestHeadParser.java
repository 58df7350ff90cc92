package dev.penstock.server.frontend;

import dev.penstock.server.exchange.ProxyContext;
import dev.penstock.server.relay.Ascii;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Parses the heads of HTTP/1.x requests, in pieces cut anywhere. Confined to one event loop; reused for one request
 * after the other on a connection.
 *
 * <p>Strict: whatever servers in front or behind might read in another way is malformed. CR LF ends lines, nothing
 * else; one blank stands between the parts of the request line; no folded lines, no blanks before a colon, no control
 * characters, one framing, told once. One empty line before a request is skipped (RFC 9112, 2.2).
 */
final class RequestHeadParser {
    /** Above this the room of a long head is given back when the next one begins. */
    private static final int KEPT = 4096;
    private static final int LINE_END = 2;
    /** {@code HTTP/1.1}, and the blank before it. */
    private static final int VERSION_LENGTH = 9;

    /** What a call of {@link #parse} came to. */
    enum Progress {
        /** All bytes are taken, and the head is not whole yet. */
        MORE,
        /** The head is whole; the reader index is at the first byte behind it. */
        DONE,
        /** The bytes are no head that is served; {@link #fault()} tells why. */
        REFUSED
    }

    private final ParsedHead head = new ParsedHead();
    private final RequestHeaders headers = new RequestHeaders(head);
    private final int longestLine;
    private final int longestHeaders;
    private final int mostHeaders;
    private Progress progress = Progress.MORE;
    private ErrorCode fault = ErrorCode.MALFORMED_REQUEST;
    /** Bytes read into the head's array. */
    private int length;
    private int lineStart;
    /** Where the request line begins: behind the empty line that was skipped, if any. */
    private int headStart;
    /** Where the headers begin; 0 until the request line has been read. */
    private int headersStart;

    RequestHeadParser(ProxyContext.Limits limits) {
        longestLine = limits.initialLineBytes();
        longestHeaders = limits.headerBytes();
        mostHeaders = limits.headers();
        reset();
    }

    private void reset() {
        progress = Progress.MORE;
        length = 0;
        lineStart = 0;
        headStart = 0;
        headersStart = 0;
        if (head.bytes.length > KEPT) {
            head.bytes = new byte[ParsedHead.FIRST_BYTES];
        }
        head.clear();
        headers.clear();
    }

    /**
     * Takes readable bytes of a buffer, up to the end of the head. The first call after a head was done begins with the
     * next one: the one before is no longer valid then.
     */
    Progress parse(ByteBuf in) {
        if (progress == Progress.DONE) {
            reset();
        }
        while (progress == Progress.MORE && in.isReadable()) {
            if (length == head.bytes.length) {
                head.bytes = Arrays.copyOf(head.bytes, 2 * length);
            }
            // In one go, although the body may begin in it: searching the buffer for its end would cost more.
            int count = Math.min(in.readableBytes(), head.bytes.length - length);
            in.getBytes(in.readerIndex(), head.bytes, length, count);
            int before = length;
            lines(before, before + count);
            in.skipBytes(length - before);
        }
        return progress;
    }

    /** Whether a part of a head has been read. */
    boolean begun() {
        return progress == Progress.MORE && length > headStart;
    }

    /**
     * The head; only after {@link Progress#DONE}.
     *
     * @throws IllegalStateException if the head is not whole
     */
    ParsedHead head() {
        if (progress != Progress.DONE) {
            throw new IllegalStateException("the head is not whole");
        }
        return head;
    }

    /** Why the head was refused. */
    ErrorCode fault() {
        return fault;
    }

    /** Reads the lines that end in the new bytes; those behind the head are left alone. */
    private void lines(int from, int to) {
        byte[] bytes = head.bytes;
        for (int at = from; at < to; at++) {
            if (bytes[at] == '\n') {
                length = at + 1;
                int end = at - 1;
                if (within(end)) {
                    line(end);
                }
                if (progress != Progress.MORE) {
                    return;
                }
                lineStart = length;
            }
        }
        length = to;
        within(to - 1);
    }

    /** Whether the line whose CR is here, or goes on behind it, is within the limits. */
    private boolean within(int end) {
        if (headersStart == 0 ? end - headStart <= longestLine : end - headersStart <= longestHeaders) {
            return true;
        }
        refuse(headersStart == 0 ? ErrorCode.TARGET_TOO_LONG : ErrorCode.HEADERS_TOO_LARGE);
        return false;
    }

    private void line(int end) {
        if (end < lineStart || head.bytes[end] != '\r') {
            refuse(ErrorCode.MALFORMED_REQUEST);
        } else if (headersStart == 0) {
            if (end == 0) {
                headStart = LINE_END;
            } else if (requestLine(end)) {
                headersStart = length;
            } else {
                refuse(ErrorCode.MALFORMED_REQUEST);
            }
        } else if (end == lineStart) {
            progress = Progress.DONE;
            if (!headers.conclude()) {
                refuse(ErrorCode.MALFORMED_REQUEST);
            }
        } else if (head.count == mostHeaders) {
            refuse(ErrorCode.HEADERS_TOO_LARGE);
        } else if (!headers.add(lineStart, end)) {
            refuse(ErrorCode.MALFORMED_REQUEST);
        }
    }

    private void refuse(ErrorCode why) {
        fault = why;
        progress = Progress.REFUSED;
    }

    private boolean requestLine(int end) {
        byte[] bytes = head.bytes;
        int at = lineStart;
        while (at < end && Ascii.isToken(bytes[at])) {
            at++;
        }
        int versionStart = end - VERSION_LENGTH;
        if (at == lineStart || at >= versionStart || bytes[at] != ' ' || !version(versionStart)) {
            return false;
        }
        head.methodStart = lineStart;
        head.methodEnd = at;
        head.targetStart = at + 1;
        head.targetEnd = versionStart;
        for (int i = head.targetStart; i < versionStart; i++) {
            // What is not ASCII has to be escaped (RFC 3986): servers behind would decode it each in its own way.
            if (bytes[i] <= ' ' || bytes[i] == 0x7f) {
                return false;
            }
        }
        return head.targetEnd > head.targetStart;
    }

    private boolean version(int from) {
        byte[] bytes = head.bytes;
        byte minor = bytes[from + VERSION_LENGTH - 1];
        head.http10 = minor == '0';
        return bytes[from] == ' ' && bytes[from + 1] == 'H' && bytes[from + 2] == 'T' && bytes[from + 3] == 'T'
                && bytes[from + 4] == 'P' && bytes[from + 5] == '/' && bytes[from + 6] == '1' && bytes[from + 7] == '.'
                && (minor == '1' || minor == '0');
    }
}
