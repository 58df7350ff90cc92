package dev.penstock.server.exchange;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The id of a request: the client's own, the trace it belongs to, or a random one. Holds no state.
 */
final class RequestIds {
    private static final int MAX_LENGTH = 128;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int TRACE_ID_START = 3;
    private static final int TRACE_ID_END = 35;
    private static final int TRACEPARENT_LENGTH = 55;

    private RequestIds() {
    }

    static String of(RequestHead head, SplittableRandom random) {
        String own = head.header(HeaderNames.X_REQUEST_ID);
        if (own != null && valid(own)) {
            return own;
        }
        String trace = head.header(HeaderNames.TRACEPARENT);
        String traceId = trace == null ? null : traceId(trace.trim());
        return traceId == null ? random(random) : traceId;
    }

    private static boolean valid(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-') {
                return false;
            }
        }
        return true;
    }

    /** {@code version-traceid-parentid-flags}, all hexadecimal; later versions may be longer. */
    private static @Nullable String traceId(String parent) {
        if (parent.length() < TRACEPARENT_LENGTH || parent.charAt(2) != '-' || parent.charAt(TRACE_ID_END) != '-'
                || parent.charAt(52) != '-') {
            return null;
        }
        boolean any = false;
        for (int i = TRACE_ID_START; i < TRACE_ID_END; i++) {
            char c = parent.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return null;
            }
            any |= c != '0';
        }
        return any ? parent.substring(TRACE_ID_START, TRACE_ID_END) : null;
    }

    /** In the form of a UUID of version 4. It tells requests apart; it is no secret. */
    private static String random(SplittableRandom random) {
        byte[] text = new byte[36];
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & ~(0xcL << 60)) | (0x8L << 60);
        hex(text, 0, high >>> 32, 8);
        hex(text, 9, high >>> 16, 4);
        hex(text, 14, high, 4);
        hex(text, 19, low >>> 48, 4);
        hex(text, 24, low, 12);
        text[8] = '-';
        text[13] = '-';
        text[18] = '-';
        text[23] = '-';
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void hex(byte[] text, int at, long value, int digits) {
        for (int i = 0; i < digits; i++) {
            text[at + i] = HEX[(int) (value >>> (4 * (digits - 1 - i))) & 15];
        }
    }
}
