package dev.penstock.server.relay;

import io.netty.util.AsciiString;
import java.util.function.BiConsumer;

/**
 * Writes the head of an answer to a client: the status line, a pod's end-to-end headers copied as bytes, headers of our
 * own, and the framing that suits the client. Any thread; holds no state.
 */
public final class ResponseHeadWriter {
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length: ");
    private static final AsciiString CHUNKED = AsciiString.cached("transfer-encoding: chunked\r\n");
    private static final AsciiString CLOSE = AsciiString.cached("connection: close\r\n");
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("connection: keep-alive\r\n");
    private static final AsciiString WEBSOCKET = AsciiString.cached("connection: upgrade\r\nupgrade: websocket\r\n");
    private static final AsciiString HTTP_1 = AsciiString.cached("HTTP/1.1 ");

    private ResponseHeadWriter() {
    }

    /**
     * Writes a pod's status and end-to-end headers. Hop-by-hop headers, those that {@code Connection} names, and
     * framing stay behind.
     *
     * @param overridden names of headers that are written anew, so that the pod's are left out
     */
    public static void writeRelayed(HeadBuilder out, ResponseHead head, AsciiString... overridden) {
        statusLine(out, head.status());
        out.bytes(head.bytes, head.reasonStart, head.reasonEnd - head.reasonStart).endLine();
        for (int i = 0; i < head.count; i++) {
            if (!head.isDropped(i) && !isOneOf(head, i, overridden)) {
                int start = head.nameStart(i);
                // The CR LF behind the line is copied with it.
                out.bytes(head.bytes, start, head.lineEnd(i) + 2 - start);
            }
        }
    }

    /**
     * Tells the end-to-end headers of a pod one by one, for clients that take them in another form than lines.
     *
     * @param overridden names of headers that are told otherwise, so that the pod's are left out
     * @param sink takes names, in lower case, and values; both are copies
     */
    public static void tellRelayed(ResponseHead head, AsciiString[] overridden,
            BiConsumer<AsciiString, AsciiString> sink) {
        for (int i = 0; i < head.count; i++) {
            if (!head.isDropped(i) && !isOneOf(head, i, overridden)) {
                int start = head.nameStart(i);
                int value = head.valueStart(i);
                sink.accept(new AsciiString(head.bytes, start, head.nameEnd(i) - start, true).toLowerCase(),
                        new AsciiString(head.bytes, value, head.valueEnd(i) - value, true));
            }
        }
    }

    /** Writes the status line of an answer of our own. */
    public static void writeStatus(HeadBuilder out, int status, CharSequence reason) {
        statusLine(out, status);
        out.text(reason).endLine();
    }

    /** Writes one header. Characters that would end the line, or are not Latin-1, become a space or question mark. */
    public static void writeHeader(HeadBuilder out, AsciiString name, CharSequence value) {
        out.text(name).character(':').character(' ').value(value).endLine();
    }

    /**
     * Writes the headers for framing and connection, and the end of the head.
     *
     * @param framing towards the client; {@link Framing#UNTIL_CLOSE} asks for {@code close}
     * @param length for {@link Framing#LENGTH}; for {@link Framing#NONE} what an answer to HEAD tells, or -1
     * @param close whether the connection is closed after this answer
     * @param http10 whether the client speaks HTTP/1.0, which must be told that a connection stays
     */
    public static void writeEnd(HeadBuilder out, Framing framing, long length, boolean close, boolean http10) {
        if (framing == Framing.CHUNKED) {
            out.text(CHUNKED);
        } else if (framing != Framing.UNTIL_CLOSE && length >= 0) {
            out.text(CONTENT_LENGTH).decimal(length).endLine();
        }
        if (close) {
            out.text(CLOSE);
        } else if (http10) {
            out.text(KEEP_ALIVE);
        }
        out.endLine();
    }

    /** Writes the headers of a connection that becomes a WebSocket, and the end of the head. */
    public static void writeWebSocketEnd(HeadBuilder out) {
        out.text(WEBSOCKET).endLine();
    }

    private static void statusLine(HeadBuilder out, int status) {
        out.text(HTTP_1).decimal(status).character(' ');
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
