package dev.penstock.bench.sim;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The simulator's idea of tokens: four characters are one, which is near enough to what real tokenizers make of
 * English and needs no vocabulary.
 */
final class Tokens {
    private static final int CHARS = 4;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long FNV_BASIS = 0xcbf29ce484222325L;

    private Tokens() {
    }

    static int count(String text) {
        return (text.length() + CHARS - 1) / CHARS;
    }

    /** Returns a text that counts one token per id, so that prompts given as ids hash and count like others. */
    static String textOf(JsonNode ids) {
        StringBuilder text = new StringBuilder(ids.size() * CHARS);
        for (JsonNode id : ids) {
            int value = id.asInt();
            text.append((char) (value >>> 16)).append((char) value).append('\0').append('\0');
        }
        return text.toString();
    }

    /** Returns made-up token ids of the text: equal pieces have equal ids. */
    static int[] ids(String text) {
        int[] ids = new int[count(text)];
        for (int i = 0; i < ids.length; i++) {
            long hash = hash(FNV_BASIS, text, i * CHARS, Math.min(text.length(), (i + 1) * CHARS));
            ids[i] = (int) Math.floorMod(hash, 150_000L);
        }
        return ids;
    }

    /**
     * Returns one hash per full block of the text, each over its block and all before it, so that equal hashes mean
     * equal prefixes. The salt (the model) keeps adapters apart.
     */
    static long[] blockHashes(String salt, String text, int blockTokens) {
        int blockChars = blockTokens * CHARS;
        long[] hashes = new long[text.length() / blockChars];
        long hash = hash(FNV_BASIS, salt, 0, salt.length());
        for (int i = 0; i < hashes.length; i++) {
            hash = hash(hash, text, i * blockChars, (i + 1) * blockChars);
            hashes[i] = hash;
        }
        return hashes;
    }

    static long hash(String text) {
        return hash(FNV_BASIS, text, 0, text.length());
    }

    private static long hash(long seed, String text, int from, int to) {
        long hash = seed;
        for (int i = from; i < to; i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        hash ^= hash >>> 32;
        return hash * 0x9E3779B97F4A7C15L;
    }
}
