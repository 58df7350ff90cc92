package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;

/**
 * Rendezvous hashing: each candidate draws a number from the key and its own address, and the highest number wins. So a
 * key moves only when its winner leaves or a better one comes, and all proxies agree without talking.
 *
 * <p>The number is FNV-1a of 64 bits over the bytes of the key, a zero byte and the bytes of the address, compared
 * without sign: what AIBrix draws, so that sessions stay where they are when the one takes the place of the other.
 */
final class Rendezvous {

    private static final int ABREAST = 4;
    private static final int MAX_KEY_BYTES = 256;
    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Rendezvous() {}

    /** Whether a key binds at all: it is neither empty nor too long. */
    static boolean usable(String key) {
        return !key.isEmpty() && key.length() <= MAX_KEY_BYTES;
    }

    /** Index of the candidate that wins; whatever the order of the candidates, it is the same endpoint. */
    static int winner(String key, Candidates candidates) {
        long ofKey = hash(OFFSET, key) * PRIME; // the zero byte: xor with it changes nothing
        Draw draw = new Draw(candidates);
        int size = candidates.size();
        int i = 0;
        for (; i + ABREAST <= size; i += ABREAST) {
            four(ofKey, candidates, i, draw);
        }
        for (; i < size; i++) {
            draw.take(i, hash(ofKey, candidates.get(i).address()));
        }
        return draw.best;
    }

    /** Four candidates side by side: each step waits for the multiplication before it, and four can wait at once. */
    private static void four(long ofKey, Candidates candidates, int first, Draw draw) {
        String a = candidates.get(first).address();
        String b = candidates.get(first + 1).address();
        String c = candidates.get(first + 2).address();
        String d = candidates.get(first + 3).address();
        int together = Math.min(Math.min(a.length(), b.length()), Math.min(c.length(), d.length()));
        long ofA = ofKey;
        long ofB = ofKey;
        long ofC = ofKey;
        long ofD = ofKey;
        for (int i = 0; i < together; i++) {
            ofA = (ofA ^ (a.charAt(i) & 0xFF)) * PRIME;
            ofB = (ofB ^ (b.charAt(i) & 0xFF)) * PRIME;
            ofC = (ofC ^ (c.charAt(i) & 0xFF)) * PRIME;
            ofD = (ofD ^ (d.charAt(i) & 0xFF)) * PRIME;
        }
        draw.take(first, hash(ofA, a, together));
        draw.take(first + 1, hash(ofB, b, together));
        draw.take(first + 2, hash(ofC, c, together));
        draw.take(first + 3, hash(ofD, d, together));
    }

    /** The highest number so far. */
    private static final class Draw {
        private final Candidates candidates;
        private long highest;
        private int best = -1;

        Draw(Candidates candidates) {
            this.candidates = candidates;
        }

        void take(int index, long drawn) {
            int order = best < 0 ? 1 : Long.compareUnsigned(drawn, highest);
            if (order > 0 || (order == 0 && candidates.get(index).address()
                    .compareTo(candidates.get(best).address()) < 0)) {
                highest = drawn;
                best = index;
            }
        }
    }

    /** Goes on hashing; a header holds one byte in each char. */
    static long hash(long from, String text) {
        return hash(from, text, 0);
    }

    private static long hash(long from, String text, int start) {
        long hash = from;
        for (int i = start; i < text.length(); i++) {
            hash = (hash ^ (text.charAt(i) & 0xFF)) * PRIME;
        }
        return hash;
    }

    /** The hash of one text. */
    static long hash(String text) {
        return hash(OFFSET, text);
    }
}
