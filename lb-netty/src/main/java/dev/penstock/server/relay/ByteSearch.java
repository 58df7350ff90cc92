package dev.penstock.server.relay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Searches in bytes that cost next to nothing for an ordinary chunk of a stream. */
final class ByteSearch {
    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long LFS = ONES * '\n';

    private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);
    /** How far the pattern may move when this is the byte under its end. */
    private static final byte[] USAGE_SHIFTS = shifts(USAGE);

    private ByteSearch() {
    }

    /** Index of the first line feed in a range, or -1. */
    static int lineFeed(byte[] bytes, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES) {
            long word = (long) WORDS.get(bytes, at) ^ LFS;
            long zeros = (word - ONES) & ~word & HIGHS;
            if (zeros != 0) {
                return at + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
            at += Long.BYTES;
        }
        while (at < to) {
            if (bytes[at] == '\n') {
                return at;
            }
            at++;
        }
        return -1;
    }

    /** Whether the key {@code "usage"} may be in a range with another value than {@code null}, or without its value. */
    static boolean tellsUsage(byte[] bytes, int from, int to) {
        int last = from + USAGE.length - 1;
        while (last < to) {
            byte b = bytes[last];
            if (b == '"' && Arrays.equals(bytes, last - USAGE.length + 1, last + 1, USAGE, 0, USAGE.length)
                    && !beginsNull(bytes, last + 1, to)) {
                return true;
            }
            last += USAGE_SHIFTS[b & 0xff];
        }
        return false;
    }

    /** Many engines put {@code "usage":null} into each event. */
    private static boolean beginsNull(byte[] bytes, int from, int to) {
        int at = skipBlanks(bytes, from, to);
        if (at == to || bytes[at] != ':') {
            return false;
        }
        at = skipBlanks(bytes, at + 1, to);
        return at < to && bytes[at] == 'n';
    }

    private static int skipBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] == ' ') {
            at++;
        }
        return at;
    }

    /** Index of the last {@code "usage"} in a range whose first quote is not escaped, or -1. */
    static int lastUsage(byte[] bytes, int from, int to) {
        for (int at = to - USAGE.length; at >= from; at--) {
            if (bytes[at] == '"' && Arrays.equals(bytes, at, at + USAGE.length, USAGE, 0, USAGE.length)
                    && (at == from || bytes[at - 1] != '\\')) {
                return at;
            }
        }
        return -1;
    }

    private static byte[] shifts(byte[] pattern) {
        byte[] shifts = new byte[256];
        Arrays.fill(shifts, (byte) pattern.length);
        for (int i = 0; i < pattern.length - 1; i++) {
            shifts[pattern[i]] = (byte) (pattern.length - 1 - i);
        }
        return shifts;
    }
}
