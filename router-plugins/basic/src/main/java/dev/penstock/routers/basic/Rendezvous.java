package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;

/**
 * Rendezvous hashing: each candidate draws a number from the key and its own address, and the highest number wins. So a
 * key moves only when its winner leaves or a better one comes, and all proxies agree without talking.
 *
 * <p>The number is FNV-1a of 64 bits over the bytes of the key, a zero byte and the bytes of the address, compared
 * without sign: what AIBrix draws, so that sessions stay where they are when the one takes the place of the other.
 */
final class Rendezvous {

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
        int best = 0;
        long highest = hash(ofKey, candidates.get(0).address());
        for (int i = 1; i < candidates.size(); i++) {
            PodView candidate = candidates.get(i);
            long drawn = hash(ofKey, candidate.address());
            int order = Long.compareUnsigned(drawn, highest);
            if (order > 0 || (order == 0 && candidate.address().compareTo(candidates.get(best).address()) < 0)) {
                highest = drawn;
                best = i;
            }
        }
        return best;
    }

    /** Goes on hashing; a header holds one byte in each char. */
    static long hash(long from, String text) {
        long hash = from;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ (text.charAt(i) & 0xFF)) * PRIME;
        }
        return hash;
    }

    /** The hash of one text. */
    static long hash(String text) {
        return hash(OFFSET, text);
    }
}
