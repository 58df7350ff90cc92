package dev.penstock.server.relay;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Parses the head of an HTTP/1.x response of a pod, in pieces cut anywhere. Confined to one event loop; reused for one
 * response after the other on a connection.
 *
 * <p>Strict although pods are known: what is relayed must not be read in two ways. CR LF ends lines, nothing else;
 * folded lines, blanks before a colon, control characters and differing lengths are malformed. Interim answers (1xx)
 * are skipped; 101 is malformed unless a WebSocket was asked for, and its pod says that this is one.
 */
public final class ResponseHeadParser {
    /** Longest head, in bytes. */
    public static final int MAX_HEAD = 65_536;
    private static final int KEPT = 4096;
    private static final int SWITCHING = 101;
    /** Interim answers in a row that are skipped. */
    private static final int MAX_INTERIM = 16;

    /** What a call of {@link #parse} came to. */
    public enum Progress {
        /** All bytes are taken, and the head is not whole yet. */
        MORE,
        /** The head is whole; the reader index is at the first byte of the body. */
        DONE,
        /** The bytes are no head. */
        MALFORMED
    }

    private final ResponseHead head = new ResponseHead();
    private final ResponseHeaders headers = new ResponseHeaders(head);
    private int length;
    private int lineStart;
    private int interim;
    private int total;
    private boolean headRequest;
    private boolean websocketAsked;
    private Progress progress = Progress.MORE;

    /** A parser ready for the answer to a request that is not HEAD. */
    public ResponseHeadParser() {
        reset(false, false);
    }

    /**
     * Makes ready for the next response; the head that was parsed is no longer valid.
     *
     * @param toHead whether the request is HEAD, whose answer has no body
     * @param websocket whether the request asks for a WebSocket
     */
    public void reset(boolean toHead, boolean websocket) {
        websocketAsked = websocket;
        headRequest = toHead;
        interim = 0;
        total = 0;
        progress = Progress.MORE;
        if (head.bytes.length > KEPT) {
            head.bytes = new byte[KEPT];
        }
        begin();
    }

    /** Takes readable bytes of a buffer, up to the end of the head. */
    public Progress parse(ByteBuf in) {
        while (progress == Progress.MORE && in.isReadable()) {
            int start = in.readerIndex();
            int lf = in.indexOf(start, in.writerIndex(), (byte) '\n');
            int count = (lf < 0 ? in.writerIndex() : lf + 1) - start;
            if (total + count > MAX_HEAD) {
                progress = Progress.MALFORMED;
                break;
            }
            reserve(count);
            in.readBytes(head.bytes, length, count);
            length += count;
            total += count;
            if (lf >= 0) {
                line();
            }
        }
        return progress;
    }

    /** Whether no byte of a response has been taken since the reset. */
    public boolean untouched() {
        return total == 0;
    }

    /**
     * The head; only after {@link Progress#DONE}, and until the next reset.
     *
     * @throws IllegalStateException if the head is not whole
     */
    public ResponseHead head() {
        if (progress != Progress.DONE) {
            throw new IllegalStateException("the head is not whole");
        }
        return head;
    }

    private void begin() {
        length = 0;
        lineStart = 0;
        headers.clear();
    }

    private void reserve(int count) {
        if (length + count > head.bytes.length) {
            head.bytes = Arrays.copyOf(head.bytes, Math.max(2 * head.bytes.length, length + count));
        }
    }

    private void line() {
        int end = length - 2;
        if (end < lineStart || head.bytes[end] != '\r') {
            progress = Progress.MALFORMED;
            return;
        }
        boolean good;
        if (lineStart == 0) {
            good = statusLine(end);
        } else if (end == lineStart) {
            endOfHead();
            return;
        } else {
            good = headers.add(lineStart, end);
        }
        lineStart = length;
        if (!good) {
            progress = Progress.MALFORMED;
        }
    }

    private boolean statusLine(int end) {
        byte[] bytes = head.bytes;
        if (end < 12 || bytes[0] != 'H' || bytes[1] != 'T' || bytes[2] != 'T' || bytes[3] != 'P' || bytes[4] != '/'
                || bytes[5] != '1' || bytes[6] != '.' || bytes[7] < '0' || bytes[7] > '1' || bytes[8] != ' ') {
            return false;
        }
        int status = 0;
        for (int i = 9; i < 12; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
            status = status * 10 + bytes[i] - '0';
        }
        boolean known = status >= 100 && status <= 599 && (status != SWITCHING || websocketAsked);
        if (!known || (end > 12 && bytes[12] != ' ')) {
            return false;
        }
        for (int i = 12; i < end; i++) {
            if ((bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7f) {
                return false;
            }
        }
        head.status = status;
        head.minorVersion = bytes[7] - '0';
        head.reasonStart = Math.min(13, end);
        head.reasonEnd = end;
        return true;
    }

    private void endOfHead() {
        if (head.status < 200 && head.status != SWITCHING) {
            progress = ++interim > MAX_INTERIM ? Progress.MALFORMED : Progress.MORE;
            begin();
            return;
        }
        progress = headers.conclude(headRequest) ? Progress.DONE : Progress.MALFORMED;
    }
}
