package dev.penstock.bench.soak;

import java.nio.charset.StandardCharsets;

/** Bytes as a person reads them, not too many. Holds no state. */
final class Excerpt {
    private static final int LONGEST = 600;

    private Excerpt() {
    }

    static String of(byte[] bytes) {
        return of(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    static String of(String text) {
        return visible(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " ... (" + text.length() + ")");
    }

    /** The end of a text. */
    static String tail(String text) {
        return visible(text.length() <= LONGEST ? text : "... " + text.substring(text.length() - LONGEST));
    }

    private static String visible(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }
}
