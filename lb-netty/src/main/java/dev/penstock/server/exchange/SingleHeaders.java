package dev.penstock.server.exchange;

import dev.penstock.server.relay.Ascii;
import io.netty.util.AsciiString;

/**
 * Headers that a request has once: of two, the balancer would look at one, and the pod perhaps at the other. Holds no
 * state.
 */
public final class SingleHeaders {
    private static final AsciiString[] NAMES = {HeaderNames.AUTHORIZATION, HeaderNames.CONTENT_TYPE,
        HeaderNames.CONTENT_ENCODING, HeaderNames.CONTENT_LENGTH, HeaderNames.EXPECT, HeaderNames.HOST};

    private SingleHeaders() {
    }

    /** A bit for the name in a range of bytes; 0 for one that may be there twice. A second one is malformed. */
    public static int bit(byte[] bytes, int from, int to) {
        return switch (to - from) {
            case 4 -> bit(bytes, from, to, 5);
            case 6 -> bit(bytes, from, to, 4);
            case 12 -> bit(bytes, from, to, 1);
            case 13 -> bit(bytes, from, to, 0);
            case 14 -> bit(bytes, from, to, 3);
            case 16 -> bit(bytes, from, to, 2);
            default -> 0;
        };
    }

    private static int bit(byte[] bytes, int from, int to, int name) {
        return Ascii.is(bytes, from, to, NAMES[name]) ? 1 << name : 0;
    }
}
