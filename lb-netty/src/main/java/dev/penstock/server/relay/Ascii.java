package dev.penstock.server.relay;

import io.netty.util.AsciiString;

/** Comparisons of bytes of a head with names, without a string. Any thread; holds no state. */
public final class Ascii {
    private Ascii() {
    }

    /** Whether the bytes from an index on are this text, in any case; there are at least as many bytes. */
    static boolean equalsIgnoreCase(byte[] bytes, int from, AsciiString text) {
        for (int i = 0; i < text.length(); i++) {
            if (lower(bytes[from + i]) != lower(text.byteAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the bytes of a range begin with this text, in any case. */
    public static boolean startsWith(byte[] bytes, int from, int to, AsciiString text) {
        return to - from >= text.length() && equalsIgnoreCase(bytes, from, text);
    }

    /** Whether the bytes of a range are this text, in any case. */
    public static boolean is(byte[] bytes, int from, int to, AsciiString text) {
        return to - from == text.length() && equalsIgnoreCase(bytes, from, text);
    }

    /** The lower case of a letter; every other byte as it is. */
    public static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    /** Whether a byte is a space or a tab. */
    public static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** Whether a byte may not be in a header's value (RFC 9110): a control character other than a tab. */
    public static boolean isControl(byte b) {
        return (b >= 0 && b < ' ' && b != '\t') || b == 0x7f;
    }

    /** Whether a byte may be in a header's name (RFC 9110, token). */
    public static boolean isToken(byte b) {
        if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')) {
            return true;
        }
        return switch (b) {
            case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~' -> true;
            default -> false;
        };
    }
}
