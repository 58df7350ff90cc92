package dev.penstock.server.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.AsciiString;

/**
 * Writes the head of an answer to a client: the status line, a pod's end-to-end headers copied as bytes, headers of our
 * own, and the framing that suits the client. Any thread; holds no state.
 */
public final class ResponseHeadWriter {
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length: ");
    private static final AsciiString CHUNKED = AsciiString.cached("transfer-encoding: chunked\r\n");
    private static final AsciiString CLOSE = AsciiString.cached("connection: close\r\n");
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("connection: keep-alive\r\n");
    private static final AsciiString HTTP_1 = AsciiString.cached("HTTP/1.1 ");
    private static final int CRLF = ('\r' << 8) | '\n';

    private ResponseHeadWriter() {
    }

    /**
     * Writes a pod's status and end-to-end headers. Hop-by-hop headers, those that {@code Connection} names, and
     * framing stay behind.
     *
     * @param overridden names of headers that are written anew, so that the pod's are left out
     */
    public static void writeRelayed(ByteBuf out, ResponseHead head, AsciiString... overridden) {
        statusLine(out, head.status());
        out.writeBytes(head.bytes, head.reasonStart, head.reasonEnd - head.reasonStart);
        out.writeShort(CRLF);
        for (int i = 0; i < head.count; i++) {
            if (!head.isDropped(i) && !isOneOf(head, i, overridden)) {
                int start = head.nameStart(i);
                // The CR LF behind the line is copied with it.
                out.writeBytes(head.bytes, start, head.lineEnd(i) + 2 - start);
            }
        }
    }

    /** Writes the status line of an answer of our own. */
    public static void writeStatus(ByteBuf out, int status, CharSequence reason) {
        statusLine(out, status);
        ByteBufUtil.writeAscii(out, reason);
        out.writeShort(CRLF);
    }

    /** Writes one header. Characters that would end the line, or are not Latin-1, become a space or question mark. */
    public static void writeHeader(ByteBuf out, AsciiString name, CharSequence value) {
        ByteBufUtil.writeAscii(out, name);
        out.writeShort((':' << 8) | ' ');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            out.writeByte(c < ' ' || c == 0x7f ? ' ' : c > 0xff ? '?' : c);
        }
        out.writeShort(CRLF);
    }

    /**
     * Writes the headers for framing and connection, and the end of the head.
     *
     * @param framing towards the client; {@link Framing#UNTIL_CLOSE} asks for {@code close}
     * @param length for {@link Framing#LENGTH}; for {@link Framing#NONE} what an answer to HEAD tells, or -1
     * @param close whether the connection is closed after this answer
     * @param http10 whether the client speaks HTTP/1.0, which must be told that a connection stays
     */
    public static void writeEnd(ByteBuf out, Framing framing, long length, boolean close, boolean http10) {
        if (framing == Framing.CHUNKED) {
            ByteBufUtil.writeAscii(out, CHUNKED);
        } else if (framing != Framing.UNTIL_CLOSE && length >= 0) {
            ByteBufUtil.writeAscii(out, CONTENT_LENGTH);
            writeDecimal(out, length);
            out.writeShort(CRLF);
        }
        if (close) {
            ByteBufUtil.writeAscii(out, CLOSE);
        } else if (http10) {
            ByteBufUtil.writeAscii(out, KEEP_ALIVE);
        }
        out.writeShort(CRLF);
    }

    private static void statusLine(ByteBuf out, int status) {
        ByteBufUtil.writeAscii(out, HTTP_1);
        out.writeByte('0' + status / 100);
        out.writeByte('0' + status / 10 % 10);
        out.writeByte('0' + status % 10);
        out.writeByte(' ');
    }

    private static void writeDecimal(ByteBuf out, long value) {
        long scale = 1;
        while (value / scale >= 10) {
            scale *= 10;
        }
        for (; scale > 0; scale /= 10) {
            out.writeByte((int) ('0' + value / scale % 10));
        }
    }

    private static boolean isOneOf(ResponseHead head, int header, AsciiString[] names) {
        for (AsciiString name : names) {
            if (head.nameIs(header, name)) {
                return true;
            }
        }
        return false;
    }
}
