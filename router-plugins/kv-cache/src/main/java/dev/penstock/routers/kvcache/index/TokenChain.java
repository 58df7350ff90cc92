package dev.penstock.routers.kvcache.index;

/**
 * Hashes of blocks of tokens, each of which stands for all of the prompt up to its end. Seeded, so that no client can
 * make up prompts whose blocks look like those of others. Immutable.
 */
final class TokenChain {

    private static final long ONE = 0xA0761D6478BD642FL;
    private static final long TWO = 0xE7037ED1A0B428DBL;

    private final long seed;

    TokenChain(long seed) {
        this.seed = seed;
    }

    /** Where prompts begin: blocks of another size, or of another adapter, have nothing in common. */
    long root(int blockTokens, String adapter) {
        long hash = mix(seed ^ ONE, blockTokens);
        for (int i = 0; i < adapter.length(); i++) {
            hash = mix(hash, adapter.charAt(i));
        }
        return mix(hash, adapter.length());
    }

    /** The block after another one. */
    long next(long parent, int[] tokens, int from, int blockTokens) {
        long hash = mix(parent, seed);
        int end = from + blockTokens;
        int i = from;
        for (; i + 1 < end; i += 2) {
            hash = mix(hash, ((long) tokens[i] << 32) | (tokens[i + 1] & 0xFFFF_FFFFL));
        }
        return i < end ? mix(hash, tokens[i]) : hash;
    }

    /** A block as one pod calls it. */
    long ofPod(int slot, long engineHash) {
        return mix(seed + slot * TWO, engineHash);
    }

    private static long mix(long hash, long value) {
        long one = hash ^ ONE;
        long other = value ^ TWO;
        // Both halves of the product: each bit depends on all of both. The sum keeps a product of nothing from
        // forgetting what was before.
        return (Math.unsignedMultiplyHigh(one, other) ^ one * other) + Long.rotateLeft(hash, 29);
    }
}
