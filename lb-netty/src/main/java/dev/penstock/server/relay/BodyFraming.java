package dev.penstock.server.relay;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the body of a response ends, and where its payload is, in the bytes as they were read. Confined to one
 * event loop; reused for one response after the other; allocates nothing.
 *
 * <p>Of a chunked body only the lines between the chunks are looked at. They are passed on to clients as read, so they
 * are held to the grammar: a client must not see another framing than this does.
 */
public final class BodyFraming {
    /** Longest line with the size of a chunk and its extensions, in bytes. */
    public static final int MAX_CHUNK_LINE = 4096;
    /** Longest trailers, in bytes. */
    public static final int MAX_TRAILERS = 16_384;

    private static final int COUNTED = 0;
    private static final int SIZE = 1;
    private static final int EXTENSION = 2;
    private static final int SIZE_LF = 3;
    private static final int CHUNK = 4;
    private static final int CHUNK_CR = 5;
    private static final int CHUNK_LF = 6;
    private static final int TRAILER_START = 7;
    private static final int TRAILER = 8;
    private static final int TRAILER_LF = 9;
    private static final int LAST_LF = 10;
    private static final int ENDLESS = 11;
    private static final int BLANK = 12;
    private static final int COMPLETE = 13;
    private static final int MALFORMED = 14;

    private int state = COMPLETE;
    private long left;
    private boolean anyDigit;
    private int lineLength;
    private boolean anyPayload;

    /** A framing of a body that is complete; {@link #reset} makes it ready. */
    public BodyFraming() {
    }

    /**
     * Makes ready for the next body.
     *
     * @param length number of bytes for {@link Framing#LENGTH}, else ignored
     */
    public void reset(Framing framing, long length) {
        left = length;
        anyDigit = false;
        lineLength = 0;
        anyPayload = false;
        state = switch (framing) {
            case NONE -> COMPLETE;
            case LENGTH -> length == 0 ? COMPLETE : COUNTED;
            case CHUNKED -> SIZE;
            case UNTIL_CLOSE -> ENDLESS;
        };
    }

    /**
     * Walks the readable bytes of a buffer, whose reader index stays where it is.
     *
     * @param sink told of each span of payload, or null
     * @return how many of the bytes belong to this body; fewer than readable only if it is complete or malformed
     */
    public int walk(ByteBuf buffer, @Nullable PayloadSink sink) {
        int start = buffer.readerIndex();
        int end = buffer.writerIndex();
        int at = start;
        while (at < end && state < COMPLETE) {
            if (state == CHUNK || state == COUNTED || state == ENDLESS) {
                at = data(buffer, at, end, sink);
            } else {
                line(buffer.getByte(at));
                at += state == MALFORMED ? 0 : 1;
            }
        }
        return at - start;
    }

    /**
     * Tells that the connection ended.
     *
     * @return whether the body is complete by that
     */
    public boolean connectionEnded() {
        if (state == ENDLESS) {
            state = COMPLETE;
        }
        return state == COMPLETE;
    }

    /** Whether the last byte of the body has been walked. */
    public boolean complete() {
        return state == COMPLETE;
    }

    /** Whether the bytes broke the grammar; what was walked before that may have been passed on. */
    public boolean malformed() {
        return state == MALFORMED;
    }

    /** Whether at least one byte of payload has been walked. */
    public boolean anyPayload() {
        return anyPayload;
    }

    /**
     * Where a chunked body stands: 0 between two chunks, else the payload that the current chunk still owes; -1 where
     * neither can be said, as within a line.
     */
    public long chunkRemainder() {
        if (state == CHUNK) {
            return left;
        }
        return state == SIZE && lineLength == 0 ? 0 : -1;
    }

    private int data(ByteBuf buffer, int at, int end, @Nullable PayloadSink sink) {
        int length = state == ENDLESS ? end - at : (int) Math.min(left, end - at);
        anyPayload = true;
        if (sink != null) {
            sink.payload(buffer, at, length);
        }
        if (state != ENDLESS) {
            left -= length;
            if (left == 0) {
                state = state == CHUNK ? CHUNK_CR : COMPLETE;
            }
        }
        return at + length;
    }

    private void line(byte b) {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> {
                if (b == '\r') {
                    state = SIZE_LF;
                } else if (isControl(b) || ++lineLength > MAX_CHUNK_LINE) {
                    state = MALFORMED;
                }
            }
            case BLANK -> blank(b);
            case SIZE_LF -> expect(b, '\n', left == 0 ? TRAILER_START : CHUNK);
            case CHUNK_CR -> expect(b, '\r', CHUNK_LF);
            case CHUNK_LF -> {
                expect(b, '\n', SIZE);
                anyDigit = false;
                left = 0;
                lineLength = 0;
            }
            case TRAILER_START -> {
                if (b == '\r') {
                    state = LAST_LF;
                } else if (b == ' ' || b == '\t' || b == ':') {
                    state = MALFORMED;
                } else {
                    trailer(b);
                }
            }
            case TRAILER -> trailer(b);
            case TRAILER_LF -> expect(b, '\n', TRAILER_START);
            default -> expect(b, '\n', COMPLETE);
        }
    }

    private void size(byte b) {
        int digit = hexDigit(b);
        if (digit >= 0) {
            left = anyDigit ? (left << 4) | digit : digit;
            anyDigit = true;
            lineLength++;
            // Leading zeros are in the grammar; 15 digits that count are more bytes than anyone will send.
            if (left >>> 60 != 0 || lineLength > MAX_CHUNK_LINE) {
                state = MALFORMED;
            }
        } else if (!anyDigit) {
            state = MALFORMED;
        } else {
            blank(b);
        }
    }

    /** Behind a size: blanks may go before an extension, but not a digit, which others may take for more size. */
    private void blank(byte b) {
        if (b == '\r') {
            state = SIZE_LF;
        } else if (b == ';') {
            state = EXTENSION;
        } else if ((b == ' ' || b == '\t') && ++lineLength <= MAX_CHUNK_LINE) {
            state = BLANK;
        } else {
            state = MALFORMED;
        }
    }

    private void trailer(byte b) {
        lineLength++;
        if (b == '\r') {
            state = TRAILER_LF;
        } else if (isControl(b) || lineLength > MAX_TRAILERS) {
            state = MALFORMED;
        } else {
            state = TRAILER;
        }
    }

    private void expect(byte b, char expected, int next) {
        state = b == expected ? next : MALFORMED;
    }

    private static boolean isControl(byte b) {
        return (b >= 0 && b < ' ' && b != '\t') || b == 0x7f;
    }

    private static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
