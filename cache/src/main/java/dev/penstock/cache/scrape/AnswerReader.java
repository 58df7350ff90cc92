package dev.penstock.cache.scrape;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer of an engine, HTTP/1.1 or 1.0, as its bytes come, and hands on its body. For answers to GET of what
 * is asked here, no more: redirects and encodings are refused. Not thread-safe; may be used again.
 */
final class AnswerReader {

    /** Takes a body. */
    interface Body {

        /**
         * Takes a part of it.
         *
         * @return false where it wants no more
         */
        boolean take(byte[] bytes, int from, int to);
    }

    /** How far an answer is. */
    enum Progress { MORE, DONE, REFUSED }

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int LONGEST_CHUNK_LINE = 1024;
    private static final long UNTIL_CLOSE = -1;
    private static final long CHUNKED = -2;

    private enum State { HEAD, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER, DONE }

    private final byte[] line = new byte[LONGEST_HEAD];
    private State state = State.HEAD;
    private int length;
    private int lineFeed;
    private long remaining;
    private boolean begun;
    private boolean keepAlive;
    private boolean openMetrics;
    private @Nullable Refusal refusal;

    /** Begins another answer. */
    void begin() {
        state = State.HEAD;
        length = 0;
        lineFeed = 0;
        begun = false;
        keepAlive = false;
        openMetrics = false;
        refusal = null;
    }

    /** Whether a byte of it has come. */
    boolean begun() {
        return begun;
    }

    /** Whether the connection may be used again. */
    boolean keepAlive() {
        return keepAlive;
    }

    /** Whether the body is said to be OpenMetrics. */
    boolean openMetrics() {
        return openMetrics;
    }

    /** Why it is refused. */
    @Nullable Refusal refusal() {
        return refusal;
    }

    /** Reads on. */
    Progress read(byte[] bytes, int from, int to, Body body) {
        begun |= to > from;
        int at = from;
        while (at < to) {
            switch (state) {
                case HEAD -> at = head(bytes, at, to);
                case BODY, CHUNK -> {
                    int part = remaining == UNTIL_CLOSE ? to - at : (int) Math.min(remaining, to - at);
                    if (!body.take(bytes, at, at + part)) {
                        return Progress.REFUSED;
                    }
                    at += part;
                    if (remaining != UNTIL_CLOSE) {
                        remaining -= part;
                        if (remaining == 0) {
                            length = 0;
                            state = state == State.BODY ? State.DONE : State.CHUNK_END;
                        }
                    }
                }
                case CHUNK_SIZE, CHUNK_END, TRAILER -> at = chunkLine(bytes, at, to);
                case DONE -> {
                    return refuse(Refusal.Reason.RESPONSE, "bytes behind the end of the answer");
                }
            }
            if (refusal != null) {
                return Progress.REFUSED;
            }
        }
        return state == State.DONE ? Progress.DONE : Progress.MORE;
    }

    /** The connection has ended. */
    Progress closed() {
        keepAlive = false;
        if (state == State.BODY && remaining == UNTIL_CLOSE) {
            state = State.DONE;
            return Progress.DONE;
        }
        return begun ? refuse(Refusal.Reason.TRUNCATED, "the connection ended in the middle of the answer")
                : refuse(Refusal.Reason.UNREACHABLE, "the connection ended without an answer");
    }

    private int head(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte letter = bytes[at++];
            if (length == LONGEST_HEAD) {
                refuse(Refusal.Reason.RESPONSE, "a head of more than " + LONGEST_HEAD + " bytes");
                return to;
            }
            line[length++] = letter;
            if (letter == '\n') {
                lineFeed++;
                if (lineFeed == 2) {
                    headers();
                    return at;
                }
            } else if (letter != '\r') {
                lineFeed = 0;
            }
        }
        return at;
    }

    private void headers() {
        String[] lines = new String(line, 0, length, StandardCharsets.ISO_8859_1).lines().toArray(String[]::new);
        length = 0;
        lineFeed = 0;
        String status = lines[0];
        if (!STATUS.matcher(status).matches()) {
            refuse(Refusal.Reason.RESPONSE, "the answer is no HTTP/1.1");
            return;
        }
        int code = Integer.parseInt(status, 9, 12, 10);
        if (code < 200 && code != 101) {
            return; // the real one follows
        }
        if (code != 200) {
            refuse(Refusal.Reason.STATUS, "status " + code);
            return;
        }
        keepAlive = status.startsWith("HTTP/1.1");
        long size = UNTIL_CLOSE;
        for (int i = 1; i < lines.length && refusal == null; i++) {
            int colon = lines[i].indexOf(':');
            String value = lines[i].substring(colon + 1).strip().toLowerCase(Locale.ROOT);
            switch (lines[i].substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT)) {
                case "content-length" -> size = size == UNTIL_CLOSE ? contentLength(value) : twice();
                case "transfer-encoding" -> size = size == UNTIL_CLOSE && value.equals("chunked") ? CHUNKED : twice();
                case "connection" -> keepAlive = keepAlive ? !value.contains("close") : value.contains("keep-alive");
                case "content-type" -> openMetrics = value.startsWith("application/openmetrics-text");
                case "content-encoding" -> {
                    if (!value.equals("identity")) {
                        refuse(Refusal.Reason.RESPONSE, "the answer is encoded, which was not asked for");
                    }
                }
                default -> { }
            }
        }
        keepAlive &= size != UNTIL_CLOSE;
        remaining = size;
        state = size == CHUNKED ? State.CHUNK_SIZE : size == 0 ? State.DONE : State.BODY;
    }

    private long contentLength(String value) {
        if (!LENGTH.matcher(value).matches()) {
            refuse(Refusal.Reason.RESPONSE, "Content-Length is no number");
            return 0;
        }
        return Long.parseLong(value);
    }

    private long twice() {
        refuse(Refusal.Reason.RESPONSE, "the length of the answer is not clear");
        return 0;
    }

    /** Reads a line between chunks. */
    private int chunkLine(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte letter = bytes[at++];
            if (letter == '\n') {
                int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
                length = 0;
                lineEnded(end);
                return at;
            }
            if (length == LONGEST_CHUNK_LINE) {
                refuse(Refusal.Reason.RESPONSE, "a line between chunks of more than " + LONGEST_CHUNK_LINE + " bytes");
                return to;
            }
            line[length++] = letter;
        }
        return at;
    }

    private void lineEnded(int end) {
        switch (state) {
            case CHUNK_END -> {
                state = State.CHUNK_SIZE;
                if (end != 0) {
                    refuse(Refusal.Reason.RESPONSE, "a chunk is longer than it says");
                }
            }
            case CHUNK_SIZE -> {
                remaining = chunkSize(end);
                if (remaining < 0) {
                    refuse(Refusal.Reason.RESPONSE, "a chunk without a size");
                }
                state = remaining == 0 ? State.TRAILER : State.CHUNK;
            }
            default -> state = end == 0 ? State.DONE : State.TRAILER;
        }
    }

    private long chunkSize(int end) {
        long size = 0;
        int digits = 0;
        for (; digits < end && Character.digit(line[digits], 16) >= 0; digits++) {
            if (digits == 15) {
                return -1;
            }
            size = size * 16 + Character.digit(line[digits], 16);
        }
        boolean clean = digits == end || line[digits] == ';' || line[digits] == ' ' || line[digits] == '\t';
        return digits > 0 && clean ? size : -1;
    }

    private Progress refuse(Refusal.Reason reason, String detail) {
        keepAlive = false;
        refusal = new Refusal(reason, detail);
        return Progress.REFUSED;
    }
}
