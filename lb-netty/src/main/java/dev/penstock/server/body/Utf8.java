package dev.penstock.server.body;

/** Writes characters as UTF-8. */
final class Utf8 {
    /** The most bytes that one character takes. */
    static final int MAX_BYTES = 4;

    private Utf8() {
    }

    /**
     * Writes a code point; half of a surrogate pair, which UTF-8 cannot hold, as a question mark.
     *
     * @return the index behind it
     */
    static int encode(byte[] bytes, int at, int point) {
        if (point < 0x80) {
            bytes[at] = (byte) point;
            return at + 1;
        }
        if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            bytes[at] = '?';
            return at + 1;
        }
        int tails = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        int mark = tails == 1 ? 0xc0 : tails == 2 ? 0xe0 : 0xf0;
        bytes[at] = (byte) (mark | (point >> (6 * tails)));
        for (int i = 1; i <= tails; i++) {
            bytes[at + i] = (byte) (0x80 | ((point >> (6 * (tails - i))) & 0x3f));
        }
        return at + tails + 1;
    }
}
