package dev.penstock.server.frontend;

import dev.penstock.server.exchange.RequestHead;
import dev.penstock.server.relay.Ascii;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: a view of the bytes that a {@link RequestHeadParser} read, valid until that begins with the
 * next one. Confined to one event loop; makes no object per header.
 */
final class ParsedHead implements RequestHead {
    /** Three numbers for each header: where its name, its colon and its CR LF are. */
    static final int WIDTH = 3;
    static final int FIRST_BYTES = 1024;

    byte[] bytes = new byte[FIRST_BYTES];
    int[] headers = new int[16 * WIDTH];
    int count;
    int methodStart;
    int methodEnd;
    int targetStart;
    int targetEnd;
    boolean http10;
    boolean chunked;
    boolean keepAlive;
    boolean expects;
    /** The value of Content-Length, or -1. */
    long contentLength;
    /** One bit for the names of each length and first letter, so that asking for an absent header costs nothing. */
    private long names;
    private @Nullable String target;

    ParsedHead() {
    }

    void clear() {
        count = 0;
        http10 = false;
        chunked = false;
        keepAlive = false;
        expects = false;
        contentLength = -1;
        names = 0;
        target = null;
    }

    void add(int from, int colon, int to) {
        int at = count * WIDTH;
        headers[at] = from;
        headers[at + 1] = colon;
        headers[at + 2] = to;
        names |= bit(colon - from, bytes[from]);
        count++;
    }

    private static long bit(int length, byte first) {
        return 1L << (length * 7 + Ascii.lower(first));
    }

    int nameStart(int header) {
        return headers[header * WIDTH];
    }

    int colon(int header) {
        return headers[header * WIDTH + 1];
    }

    int lineEnd(int header) {
        return headers[header * WIDTH + 2];
    }

    int valueStart(int header) {
        int at = colon(header) + 1;
        int end = lineEnd(header);
        while (at < end && Ascii.isBlank(bytes[at])) {
            at++;
        }
        return at;
    }

    int valueEnd(int header) {
        int start = valueStart(header);
        int end = lineEnd(header);
        while (end > start && Ascii.isBlank(bytes[end - 1])) {
            end--;
        }
        return end;
    }

    boolean http10() {
        return http10;
    }

    boolean chunked() {
        return chunked;
    }

    /** Whether the client may send another request on this connection. */
    boolean keepAlive() {
        return keepAlive;
    }

    /** Whether the client may wait to be told something before it sends the body. */
    boolean expects() {
        return expects;
    }

    @Override
    public String method() {
        int length = methodEnd - methodStart;
        if (length == 4 && bytes[methodStart] == 'P' && bytes[methodStart + 1] == 'O' && bytes[methodStart + 2] == 'S'
                && bytes[methodStart + 3] == 'T') {
            return "POST";
        }
        return new String(bytes, methodStart, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String target() {
        String known = target;
        if (known == null) {
            known = new String(bytes, targetStart, targetEnd - targetStart, StandardCharsets.ISO_8859_1);
            target = known;
        }
        return known;
    }

    @Override
    public @Nullable String header(AsciiString name) {
        if ((names & bit(name.length(), name.byteAt(0))) == 0) {
            return null;
        }
        for (int i = 0; i < count; i++) {
            if (Ascii.is(bytes, nameStart(i), colon(i), name)) {
                int start = valueStart(i);
                return new String(bytes, start, valueEnd(i) - start, StandardCharsets.ISO_8859_1);
            }
        }
        return null;
    }

    @Override
    public long bodyLength() {
        return chunked ? -1 : Math.max(0, contentLength);
    }

    @Override
    public void headers(HeaderSink sink) {
        for (int i = 0; i < count; i++) {
            sink.line(bytes, nameStart(i), colon(i), lineEnd(i));
        }
    }
}
