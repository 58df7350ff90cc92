package dev.penstock.server.tokens;

import com.dynatrace.hash4j.hashing.HashValue128;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A tokenizer of which it is known where cutting changes nothing. A text is cut into blocks at such places, and the
 * tokens of whole blocks are remembered: of a conversation that goes on only the end is new.
 */
final class BlockTokenizer implements Tokenizer {

    /** A block ends at the first safe place behind so many characters. */
    static final int BLOCK = 1024;

    private final String name;
    private final Function<String, int[]> encoder;
    private final TokenCache cache;

    /**
     * A tokenizer that remembers nothing yet.
     *
     * @param name tells tokenizers with one cache apart
     * @param encoder makes the tokens of a text; of two that are cut at {@link SafeCuts} as of both together
     */
    BlockTokenizer(String name, Function<String, int[]> encoder, TokenCache cache) {
        this.name = name;
        this.encoder = encoder;
        this.cache = cache;
    }

    @Override
    public int[] tokens(String text) {
        int[] all = new int[text.length() / 3 + 16];
        int count = 0;
        int from = 0;
        while (from < text.length()) {
            int to = text.length() - from <= BLOCK ? text.length() : SafeCuts.next(text, from + BLOCK);
            String block = text.substring(from, to);
            // The last block grows with the next turn: to remember it would only fill the memory.
            int[] tokens = to < text.length() ? remembered(block) : encoder.apply(block);
            if (all.length - count < tokens.length) {
                all = Arrays.copyOf(all, Math.max(2 * all.length, count + tokens.length));
            }
            System.arraycopy(tokens, 0, all, count, tokens.length);
            count += tokens.length;
            from = to;
        }
        return Arrays.copyOf(all, count);
    }

    private int[] remembered(String block) {
        HashValue128 key = cache.key(name, block);
        int[] known = cache.find(key);
        if (known != null) {
            return known;
        }
        int[] made = encoder.apply(block);
        cache.put(key, made);
        return made;
    }
}
