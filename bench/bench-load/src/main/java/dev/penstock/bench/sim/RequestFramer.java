package dev.penstock.bench.sim;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one connection into requests, keeping them as they came. Confined to the connection's event loop.
 */
final class RequestFramer {
    private static final int MAX_CHUNK = 1 << 28;

    private byte[] data = new byte[4096];
    private int end;
    private @Nullable RequestHead head;
    private int headEnd;
    private int position;
    private ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private boolean continueOwed;

    /** Takes what was read; the buffer stays the caller's to release. */
    void feed(ByteBuf bytes) {
        int more = bytes.readableBytes();
        if (end + more > data.length) {
            data = Arrays.copyOf(data, Math.max(data.length * 2, end + more));
        }
        bytes.readBytes(data, end, more);
        end += more;
    }

    /** Returns whether no byte of a further request has come. */
    boolean isEmpty() {
        return end == 0;
    }

    /** Returns whether the client waits for {@code 100 Continue}; true once per request. */
    boolean takeContinueOwed() {
        boolean owed = continueOwed;
        continueOwed = false;
        return owed;
    }

    /**
     * Returns the next whole request, or null if more bytes are needed.
     *
     * @throws IllegalArgumentException if the bytes are no HTTP/1 request; the connection is beyond use then
     */
    @Nullable SimRequest next() {
        if (head == null && !readHead()) {
            return null;
        }
        RequestHead parsed = head;
        if (parsed == null) {
            return null;
        }
        byte[] body;
        int wireEnd;
        if (parsed.chunked()) {
            wireEnd = readChunks();
            if (wireEnd < 0) {
                return null;
            }
            body = chunks.toByteArray();
        } else {
            wireEnd = Math.addExact(headEnd, parsed.contentLength());
            if (end < wireEnd) {
                return null;
            }
            body = Arrays.copyOfRange(data, headEnd, wireEnd);
        }
        SimRequest request = new SimRequest(parsed, Arrays.copyOf(data, headEnd), body, Arrays.copyOf(data, wireEnd));
        System.arraycopy(data, wireEnd, data, 0, end - wireEnd);
        end -= wireEnd;
        head = null;
        continueOwed = false;
        chunks = new ByteArrayOutputStream();
        return request;
    }

    private boolean readHead() {
        int start = 0;
        while (start + 1 < end && data[start] == '\r' && data[start + 1] == '\n') {
            start += 2;
        }
        if (start > 0) {
            System.arraycopy(data, start, data, 0, end - start);
            end -= start;
        }
        for (int i = 3; i < end; i++) {
            if (data[i] == '\n' && data[i - 1] == '\r' && data[i - 2] == '\n' && data[i - 3] == '\r') {
                headEnd = i + 1;
                position = headEnd;
                RequestHead parsed = RequestHead.parse(data, 0, headEnd);
                head = parsed;
                continueOwed = parsed.expectsContinue();
                return true;
            }
        }
        return false;
    }

    /** Returns where the request ends, or -1 if more bytes are needed; chunks already read are not read again. */
    private int readChunks() {
        while (true) {
            int lineEnd = lineEnd(position);
            if (lineEnd < 0) {
                return -1;
            }
            String line = new String(data, position, lineEnd - position, StandardCharsets.ISO_8859_1);
            int extension = line.indexOf(';');
            int size = Integer.parseInt((extension < 0 ? line : line.substring(0, extension)).trim(), 16);
            if (size < 0 || size > MAX_CHUNK) {
                throw new IllegalArgumentException("chunk size");
            }
            int chunk = lineEnd + 2;
            if (size == 0) {
                return trailersEnd(chunk);
            }
            if (end < chunk + size + 2) {
                return -1;
            }
            chunks.write(data, chunk, size);
            position = chunk + size + 2;
        }
    }

    private int trailersEnd(int from) {
        int line = from;
        for (int lineEnd = lineEnd(line); lineEnd >= 0; lineEnd = lineEnd(line)) {
            if (lineEnd == line) {
                return lineEnd + 2;
            }
            line = lineEnd + 2;
        }
        return -1;
    }

    private int lineEnd(int from) {
        for (int i = from; i + 1 < end; i++) {
            if (data[i] == '\r' && data[i + 1] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
