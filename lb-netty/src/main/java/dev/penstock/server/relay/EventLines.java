package dev.penstock.server.relay;

import dev.penstock.server.body.ByteSink;
import java.util.Arrays;

/**
 * Puts lines together from pieces cut anywhere. Confined to one event loop.
 *
 * <p>A line that is in one piece is handed on where it is. Only one that is cut is kept, up to {@value #MAX_KEPT}
 * bytes; the rest of a longer one is handed on in parts.
 */
final class EventLines implements ByteSink {
    private static final int MAX_KEPT = 8192;
    private static final int FIRST_KEPT = 512;
    private static final byte[] NOTHING = {};

    private final LineSink sink;
    private byte[] kept = NOTHING;
    private int length;
    private boolean inLong;

    EventLines(LineSink sink) {
        this.sink = sink;
    }

    void reset() {
        length = 0;
        inLong = false;
    }

    /** Whether no part of a line is waited for. */
    boolean between() {
        return length == 0 && !inLong;
    }

    /** Whether a range ends with the empty line that ends an event. */
    static boolean endsEvent(byte[] bytes, int from, int to) {
        if (to - from < 2 || bytes[to - 1] != '\n') {
            return false;
        }
        return bytes[to - 2] == '\n' || (bytes[to - 2] == '\r' && to - from > 2 && bytes[to - 3] == '\n');
    }

    @Override
    public void accept(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int lf = ByteSearch.lineFeed(bytes, at, to);
            if (lf < 0) {
                keep(bytes, at, to);
                return;
            }
            if (length == 0 && !inLong) {
                sink.line(bytes, at, lf);
            } else {
                keep(bytes, at, lf);
                endLine();
            }
            at = lf + 1;
        }
    }

    /** Tells that the stream ended; what is kept is its last line. */
    void finish() {
        if (length > 0 || inLong) {
            endLine();
        }
    }

    private void endLine() {
        if (inLong) {
            sink.endOfLong();
        } else {
            sink.line(kept, 0, length);
        }
        reset();
    }

    private void keep(byte[] bytes, int from, int to) {
        int count = to - from;
        if (inLong) {
            sink.part(bytes, from, to);
        } else if (length + count > MAX_KEPT) {
            inLong = true;
            sink.beginLong(kept, 0, length);
            sink.part(bytes, from, to);
        } else {
            if (length + count > kept.length) {
                kept = Arrays.copyOf(kept, Math.min(MAX_KEPT, Math.max(FIRST_KEPT, 2 * (length + count))));
            }
            System.arraycopy(bytes, from, kept, length, count);
            length += count;
        }
    }
}
