package dev.penstock.bench.proxy.load;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Finds the end of one HTTP/1.1 answer after another in a stream of bytes. It understands what the engines and the
 * proxies of this benchmark send: bodies with a length or in chunks. Confined to the thread that makes the load.
 */
final class ResponseReader {
    private static final int MAX_LINE = 8_192;

    private enum State {
        STATUS, HEADERS, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILERS
    }

    private final StringBuilder line = new StringBuilder(128);
    private State state = State.STATUS;
    private int status;
    private long remaining;
    private boolean chunked;
    private boolean closing;

    /** The status of the answer read last. */
    int status() {
        return status;
    }

    /** Whether the answer read last says that the connection ends with it. */
    boolean closing() {
        return closing;
    }

    /**
     * Consumes bytes up to the end of the current answer or of {@code bytes}.
     *
     * @return whether an answer is complete; the next call begins the next one
     * @throws MalformedResponseException if the bytes are no answer that this class understands
     */
    boolean read(ByteBuffer bytes) throws MalformedResponseException {
        while (bytes.hasRemaining()) {
            switch (state) {
                case BODY, CHUNK -> {
                    if (skip(bytes)) {
                        if (state == State.BODY) {
                            return complete();
                        }
                        state = State.CHUNK_END;
                    }
                }
                case STATUS, HEADERS, CHUNK_SIZE, CHUNK_END, TRAILERS -> {
                    if (readLine(bytes) && lineEndsAnswer()) {
                        return complete();
                    }
                }
            }
        }
        return false;
    }

    private boolean skip(ByteBuffer bytes) {
        int step = (int) Math.min(remaining, bytes.remaining());
        bytes.position(bytes.position() + step);
        remaining -= step;
        return remaining == 0;
    }

    private boolean readLine(ByteBuffer bytes) throws MalformedResponseException {
        while (bytes.hasRemaining()) {
            char next = (char) (bytes.get() & 0xff);
            if (next == '\n') {
                return true;
            }
            if (next != '\r') {
                line.append(next);
            }
            if (line.length() > MAX_LINE) {
                throw new MalformedResponseException("a line longer than " + MAX_LINE + " bytes");
            }
        }
        return false;
    }

    private boolean lineEndsAnswer() throws MalformedResponseException {
        String text = line.toString();
        line.setLength(0);
        switch (state) {
            case STATUS -> startAnswer(text);
            case HEADERS -> {
                if (!text.isEmpty()) {
                    header(text);
                } else {
                    return endHead();
                }
            }
            case CHUNK_SIZE -> startChunk(text);
            case CHUNK_END -> state = State.CHUNK_SIZE;
            case TRAILERS -> {
                return text.isEmpty();
            }
            case BODY, CHUNK -> throw new IllegalStateException("no line is read in " + state);
        }
        return false;
    }

    private void startAnswer(String text) throws MalformedResponseException {
        if (!text.startsWith("HTTP/1.") || text.length() < 12) {
            throw new MalformedResponseException("not a status line: '" + text + "'");
        }
        status = number(text.substring(9, 12), 10);
        remaining = 0;
        chunked = false;
        closing = false;
        state = State.HEADERS;
    }

    private void header(String text) throws MalformedResponseException {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new MalformedResponseException("not a header: '" + text + "'");
        }
        String value = text.substring(colon + 1).strip();
        switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "content-length" -> remaining = number(value, 10);
            case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
            case "connection" -> closing = value.equalsIgnoreCase("close");
            default -> { }
        }
    }

    private boolean endHead() {
        state = chunked ? State.CHUNK_SIZE : State.BODY;
        return !chunked && remaining == 0;
    }

    private void startChunk(String text) throws MalformedResponseException {
        int extension = text.indexOf(';');
        remaining = number(extension < 0 ? text : text.substring(0, extension), 16);
        state = remaining == 0 ? State.TRAILERS : State.CHUNK;
    }

    private boolean complete() {
        state = State.STATUS;
        return true;
    }

    private static int number(String text, int radix) throws MalformedResponseException {
        try {
            return Integer.parseUnsignedInt(text.strip(), radix);
        } catch (NumberFormatException e) {
            throw new MalformedResponseException("not a number: '" + text + "'", e);
        }
    }

    /** The bytes are no answer that {@link ResponseReader} understands. */
    static final class MalformedResponseException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedResponseException(String message) {
            super(message);
        }

        MalformedResponseException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
