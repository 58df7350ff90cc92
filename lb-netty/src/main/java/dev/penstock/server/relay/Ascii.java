package dev.penstock.server.relay;

import io.netty.util.AsciiString;

/** Comparisons of bytes of a head with names, without a string. */
final class Ascii {
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
    static boolean startsWith(byte[] bytes, int from, int to, AsciiString text) {
        return to - from >= text.length() && equalsIgnoreCase(bytes, from, text);
    }

    /** Whether the bytes of a range are this text, in any case. */
    static boolean is(byte[] bytes, int from, int to, AsciiString text) {
        return to - from == text.length() && equalsIgnoreCase(bytes, from, text);
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** Whether a byte may be in a header's name (RFC 9110, token). */
    static boolean isToken(byte b) {
        if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')) {
            return true;
        }
        return switch (b) {
            case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~' -> true;
            default -> false;
        };
    }
}
