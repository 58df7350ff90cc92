package dev.penstock.server.exchange;

import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The trace of one request (W3C Trace Context): the client's, or one made anew where the client told none that is
 * valid. Immutable. The balancer takes part: each attempt at a pod gets a parent id of its own, in the same trace.
 */
final class TraceContext {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;
    /** Sampled, and made at random; a version that we write knows no others. */
    private static final int KNOWN_FLAGS = 3;

    private final long high;
    private final long low;
    private final int flags;
    private final boolean given;

    private TraceContext(long high, long low, int flags, boolean given) {
        this.high = high;
        this.low = low;
        this.flags = flags;
        this.given = given;
    }

    /** The trace of a request. */
    static TraceContext of(RequestHead head, SplittableRandom random) {
        String parent = head.header(HeaderNames.TRACEPARENT);
        TraceContext told = parent == null || HeaderValues.count(head, HeaderNames.TRACEPARENT) > 1 ? null
                : parse(parent);
        // In the form of a UUID of version 4, so that the request id can be the same number.
        return told != null ? told : new TraceContext((random.nextLong() & ~0xf000L) | 0x4000L,
                (random.nextLong() & ~(0xcL << 60)) | (0x8L << 60), 0, false);
    }

    /** {@code version-traceid-parentid-flags}, hexadecimal in lower case; later versions may be longer. */
    private static @Nullable TraceContext parse(String text) {
        int length = text.length();
        boolean later = length > LENGTH && text.charAt(LENGTH) == '-' && !text.startsWith("00");
        if ((length != LENGTH && !later) || !isHex(text, 0, 2) || text.startsWith("ff") || text.charAt(2) != '-'
                || !isHex(text, TRACE_ID, PARENT_ID - 1) || text.charAt(PARENT_ID - 1) != '-'
                || !isHex(text, PARENT_ID, FLAGS - 1) || text.charAt(FLAGS - 1) != '-' || !isHex(text, FLAGS, LENGTH)) {
            return null;
        }
        long high = number(text, TRACE_ID, TRACE_ID + 16);
        long low = number(text, TRACE_ID + 16, PARENT_ID - 1);
        if ((high | low) == 0 || number(text, PARENT_ID, FLAGS - 1) == 0) {
            return null;
        }
        return new TraceContext(high, low, (int) number(text, FLAGS, LENGTH) & KNOWN_FLAGS, true);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long number(String text, int from, int to) {
        return Long.parseUnsignedLong(text, from, to, 16);
    }

    /** Whether the client told it; only then its {@code tracestate} means anything. */
    boolean given() {
        return given;
    }

    /** The trace id, 32 digits. */
    String traceId() {
        byte[] text = new byte[32];
        hex(text, 0, high, 16);
        hex(text, 16, low, 16);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** The trace id in the form of a UUID. */
    String uuid() {
        byte[] text = new byte[36];
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

    /** Writes {@code traceparent}, one after the other into the same bytes. Confined to one event loop. */
    static final class Writer {
        private final byte[] bytes = "00-00000000000000000000000000000000-0000000000000000-00"
                .getBytes(StandardCharsets.US_ASCII);
        private final AsciiString text = new AsciiString(bytes, false);

        /**
         * Tells the header.
         *
         * @param parentId identifies the attempt
         */
        void write(TraceContext trace, long parentId, HeaderSink sink) {
            hex(bytes, TRACE_ID, trace.high, 16);
            hex(bytes, TRACE_ID + 16, trace.low, 16);
            // All zeros are no id.
            hex(bytes, PARENT_ID, parentId == 0 ? 1 : parentId, 16);
            hex(bytes, FLAGS, trace.flags, 2);
            sink.header(HeaderNames.TRACEPARENT, text);
        }
    }
}
