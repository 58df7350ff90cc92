package dev.penstock.bench.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a client reads from: remembers the first bytes of each answer, and reads slowly or stops reading if it is told
 * to. One thread.
 */
final class Tap {
    private static final int REMEMBERED = 4_096;
    private static final int SIP = 512;

    private final InputStream in;
    private final byte[] buffer = new byte[16 * 1024];
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private int from;
    private int to;
    private long left = Long.MAX_VALUE;
    private long pauseMillis;

    /** The client has read as much as it wanted to. */
    static final class SatisfiedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    Tap(InputStream in) {
        this.in = in;
    }

    /** Another answer is read: as it comes. */
    void begin() {
        seen.reset();
        left = Long.MAX_VALUE;
        pauseMillis = 0;
    }

    /** Lets reading end with {@link SatisfiedException} after so many bytes. */
    void stopAfter(long bytes) {
        left = bytes;
    }

    /** Lets every read wait. */
    void slowly(long millis) {
        pauseMillis = millis;
    }

    /** Whether any byte of this answer came. */
    boolean any() {
        return seen.size() > 0;
    }

    /** The first bytes of this answer. */
    String seen() {
        return seen.toString(StandardCharsets.ISO_8859_1);
    }

    /** The next byte, or -1 at the end. */
    int read() throws IOException {
        if (left-- <= 0) {
            throw new SatisfiedException();
        }
        if (from == to) {
            fill();
            if (from == to) {
                return -1;
            }
        }
        int next = buffer[from++] & 0xff;
        if (seen.size() < REMEMBERED) {
            seen.write(next);
        }
        return next;
    }

    private void fill() throws IOException {
        if (pauseMillis > 0) {
            try {
                Thread.sleep(pauseMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        int count = in.read(buffer, 0, pauseMillis > 0 ? SIP : buffer.length);
        from = 0;
        to = Math.max(count, 0);
    }
}
