package dev.penstock.server.frontend;

import dev.penstock.server.relay.Ascii;
import io.netty.buffer.ByteBuf;

/**
 * Finds the payload of a request's body in the bytes as they are read. Confined to one event loop; reused for one
 * request after the other; copies and allocates nothing.
 *
 * <p>Strict where bodies are smuggled: no blanks around the size of a chunk, no signs, no sizes that overflow, only
 * tokens in extensions, CR LF and nothing else behind sizes and data, trailers that are headers.
 */
final class RequestBodyFraming {
    /** Longest line with the size of a chunk and its extensions, in bytes. */
    static final int MAX_CHUNK_LINE = 256;
    /** Longest trailers, in bytes. */
    static final int MAX_TRAILERS = 16_384;

    /** What a call of {@link #next} came to. */
    enum Step {
        /** All bytes are taken, and the body goes on. */
        MORE,
        /** The next {@link #payload()} bytes of the buffer are payload, for the caller to take. */
        PAYLOAD,
        /** The body is complete; what is left in the buffer is not part of it. */
        COMPLETE,
        /** The bytes break the grammar. */
        MALFORMED
    }

    private enum State {
        COUNTED, ENDLESS, SIZE, EXTENSION, SIZE_LF, CHUNK, CHUNK_CR, CHUNK_LF, TRAILER_START, TRAILER_NAME,
        TRAILER_VALUE, TRAILER_LF, LAST_LF, COMPLETE, MALFORMED
    }

    private State state = State.COMPLETE;
    private long left;
    private int payload;
    private boolean anyDigit;
    private int lineLength;
    private boolean tokenWanted;
    private boolean valued;

    /** A body that is complete. */
    RequestBodyFraming() {
    }

    /** Makes ready for a body of so many bytes; 0 for none. */
    void resetLength(long length) {
        left = length;
        state = length == 0 ? State.COMPLETE : State.COUNTED;
    }

    /** Makes ready for a body in chunks. */
    void resetChunked() {
        beginLine();
        state = State.SIZE;
    }

    /** Makes ready for bytes that go on until the connection ends. */
    void resetEndless() {
        left = Long.MAX_VALUE;
        state = State.ENDLESS;
    }

    /** Moves the buffer's reader index to the next payload, or to the end of the body or of the buffer. */
    Step next(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end && state.compareTo(State.COMPLETE) < 0) {
            if (state == State.COUNTED || state == State.CHUNK || state == State.ENDLESS) {
                in.readerIndex(at);
                take(end - at);
                return Step.PAYLOAD;
            }
            line(in.getByte(at++));
        }
        in.readerIndex(at);
        return switch (state) {
            case COMPLETE -> Step.COMPLETE;
            case MALFORMED -> Step.MALFORMED;
            default -> Step.MORE;
        };
    }

    /** Bytes of payload that the last step found. */
    int payload() {
        return payload;
    }

    /** Whether nothing of the body is left to come. */
    boolean complete() {
        return state == State.COMPLETE;
    }

    private void take(int readable) {
        payload = (int) Math.min(left, readable);
        if (state == State.ENDLESS) {
            return;
        }
        left -= payload;
        if (left == 0) {
            state = state == State.CHUNK ? State.CHUNK_CR : State.COMPLETE;
        }
    }

    private void beginLine() {
        anyDigit = false;
        left = 0;
        lineLength = 0;
    }

    private void line(byte b) {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_LF -> expect(b, '\n', left == 0 ? State.TRAILER_START : State.CHUNK);
            case CHUNK_CR -> expect(b, '\r', State.CHUNK_LF);
            case CHUNK_LF -> {
                expect(b, '\n', State.SIZE);
                beginLine();
            }
            case TRAILER_START -> {
                if (b == '\r') {
                    state = State.LAST_LF;
                } else {
                    trailer(Ascii.isToken(b), State.TRAILER_NAME);
                }
            }
            case TRAILER_NAME -> trailer(b == ':' || Ascii.isToken(b),
                    b == ':' ? State.TRAILER_VALUE : State.TRAILER_NAME);
            case TRAILER_VALUE -> trailer(b == '\r' || !Ascii.isControl(b),
                    b == '\r' ? State.TRAILER_LF : State.TRAILER_VALUE);
            case TRAILER_LF -> expect(b, '\n', State.TRAILER_START);
            default -> expect(b, '\n', State.COMPLETE);
        }
    }

    private void size(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0 && ++lineLength <= MAX_CHUNK_LINE) {
            left = (left << 4) | digit;
            anyDigit = true;
            // Others count in 32 bits.
            if (left > Integer.MAX_VALUE) {
                state = State.MALFORMED;
            }
        } else if (anyDigit && b == '\r') {
            state = State.SIZE_LF;
        } else {
            state = anyDigit && b == ';' ? State.EXTENSION : State.MALFORMED;
            tokenWanted = true;
            valued = false;
        }
    }

    /** {@code ;name} or {@code ;name=value}, both tokens. */
    private void extension(byte b) {
        boolean good = ++lineLength <= MAX_CHUNK_LINE;
        if (Ascii.isToken(b)) {
            tokenWanted = false;
        } else if (tokenWanted) {
            good = false;
        } else if (b == '\r') {
            state = State.SIZE_LF;
        } else {
            good &= b == ';' || (b == '=' && !valued);
            tokenWanted = true;
            valued = b == '=';
        }
        if (!good) {
            state = State.MALFORMED;
        }
    }

    private void trailer(boolean good, State next) {
        state = good && ++lineLength <= MAX_TRAILERS ? next : State.MALFORMED;
    }

    private void expect(byte b, char expected, State next) {
        state = b == expected ? next : State.MALFORMED;
    }
}
