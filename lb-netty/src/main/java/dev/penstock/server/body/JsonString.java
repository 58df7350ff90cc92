package dev.penstock.server.body;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks one JSON string behind its opening quote, in pieces, and keeps its text if that is wanted. Confined to one
 * event loop.
 */
final class JsonString {
    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long SPACES = ONES * ' ';

    private static final int PLAIN = 0;
    private static final int ESCAPE = 1;
    private static final int HEX = 2;
    private static final int TAIL = 3;
    private static final int ENDED = 4;

    private byte[] text = new byte[64];
    private int length;
    private boolean wanted;
    private boolean overflow;
    private boolean escaped;
    private boolean broken;
    private @Nullable String failure;
    private int state;
    private int unit;
    private int hexLeft;
    private int high;
    private int tailLeft;
    private int tailLow;
    private int tailHigh;

    void begin(boolean wantText) {
        wanted = wantText;
        length = 0;
        overflow = false;
        escaped = false;
        broken = false;
        failure = null;
        high = 0;
        state = PLAIN;
    }

    /** Walks to behind the closing quote, to the end of the piece, or to the byte that is wrong. */
    int walk(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && state != ENDED && failure == null) {
            at = switch (state) {
                case PLAIN -> plain(bytes, at, to);
                case ESCAPE -> escape(bytes[at], at);
                case HEX -> hex(bytes[at], at);
                default -> tail(bytes, at, to);
            };
        }
        return at;
    }

    boolean ended() {
        return state == ENDED;
    }

    @Nullable String failure() {
        return failure;
    }

    byte[] text() {
        return text;
    }

    int textLength() {
        return overflow ? -1 : length;
    }

    boolean escaped() {
        return escaped;
    }

    boolean broken() {
        return broken;
    }

    private int plain(byte[] bytes, int from, int to) {
        int at = ordinary(bytes, from, to);
        if (wanted && at > from) {
            loneHigh();
            append(bytes, from, at);
        }
        if (at == to) {
            return at;
        }
        byte b = bytes[at];
        if (b == '"') {
            loneHigh();
            state = ENDED;
            return at + 1;
        }
        if (b == '\\') {
            escaped = true;
            state = ESCAPE;
            return at + 1;
        }
        if (b >= 0) {
            failure = "control character in a string";
            return at;
        }
        return lead(b, at);
    }

    /** Index of the first byte that is a quote, a backslash, a control character or not ASCII. */
    private static int ordinary(byte[] bytes, int from, int to) {
        int at = from;
        // Eight bytes at a time: prompts are most of a body, and most of what the scan costs.
        while (at <= to - Long.BYTES) {
            long word = (long) WORDS.get(bytes, at);
            long quote = word ^ QUOTES;
            long slash = word ^ BACKSLASHES;
            long special = (word | (word - SPACES) | (quote - ONES) | (slash - ONES)) & HIGHS;
            if (special != 0) {
                // Borrows reach only higher bytes, so the lowest mark is exact.
                return at + (Long.numberOfTrailingZeros(special) >>> 3);
            }
            at += Long.BYTES;
        }
        while (at < to) {
            byte b = bytes[at];
            if (b < ' ' || b == '"' || b == '\\') {
                return at;
            }
            at++;
        }
        return at;
    }

    /** The first byte of a longer character; the bounds of the next exclude overlong forms and surrogates. */
    private int lead(byte b, int at) {
        int value = b & 0xff;
        if (value < 0xc2 || value > 0xf4) {
            failure = "invalid UTF-8";
            return at;
        }
        tailLeft = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
        tailLow = value == 0xe0 ? 0xa0 : value == 0xf0 ? 0x90 : 0x80;
        tailHigh = value == 0xed ? 0x9f : value == 0xf4 ? 0x8f : 0xbf;
        if (wanted) {
            loneHigh();
            append(b);
        }
        state = TAIL;
        return at + 1;
    }

    private int tail(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && tailLeft > 0) {
            byte b = bytes[at];
            int value = b & 0xff;
            if (value < tailLow || value > tailHigh) {
                failure = "invalid UTF-8";
                return at;
            }
            tailLow = 0x80;
            tailHigh = 0xbf;
            tailLeft--;
            if (wanted) {
                append(b);
            }
            at++;
        }
        if (tailLeft == 0) {
            state = PLAIN;
        }
        return at;
    }

    private int escape(byte b, int at) {
        int plain = switch (b) {
            case '"', '\\', '/' -> b;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> 0;
            default -> -1;
        };
        if (plain < 0) {
            failure = "invalid escape";
            return at;
        }
        if (b == 'u') {
            unit = 0;
            hexLeft = 4;
            state = HEX;
            return at + 1;
        }
        if (wanted) {
            loneHigh();
            append((byte) plain);
        }
        state = PLAIN;
        return at + 1;
    }

    private int hex(byte b, int at) {
        int digit = Character.digit(b, 16);
        if (digit < 0) {
            failure = "invalid escape";
            return at;
        }
        unit = (unit << 4) | digit;
        if (--hexLeft == 0) {
            if (wanted) {
                appendUnit();
            }
            state = PLAIN;
        }
        return at + 1;
    }

    private void appendUnit() {
        char c = (char) unit;
        if (Character.isLowSurrogate(c) && high != 0) {
            int point = Character.toCodePoint((char) high, c);
            high = 0;
            appendPoint(point);
            return;
        }
        loneHigh();
        if (Character.isHighSurrogate(c)) {
            high = c;
        } else {
            broken |= Character.isLowSurrogate(c);
            appendPoint(c);
        }
    }

    /** What follows a high surrogate is not its other half. */
    private void loneHigh() {
        if (high != 0) {
            high = 0;
            broken = true;
            append((byte) '?');
        }
    }

    private void appendPoint(int point) {
        if (reserve(Utf8.MAX_BYTES)) {
            length = Utf8.encode(text, length, point);
        }
    }

    private void append(byte b) {
        if (reserve(1)) {
            text[length++] = b;
        }
    }

    private void append(byte[] bytes, int from, int to) {
        int count = to - from;
        if (reserve(count)) {
            System.arraycopy(bytes, from, text, length, count);
            length += count;
        }
    }

    private boolean reserve(int count) {
        if (overflow || count > JsonWalker.MAX_TEXT - length) {
            overflow = true;
            return false;
        }
        if (length + count > text.length) {
            text = Arrays.copyOf(text, Math.min(JsonWalker.MAX_TEXT, Math.max(2 * text.length, length + count)));
        }
        return true;
    }
}
