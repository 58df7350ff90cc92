package dev.penstock.server.tokens;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Arrays;

/**
 * An encoding of tiktoken. A text is cut into blocks at places where cutting changes nothing, and the tokens of whole
 * blocks are remembered: of a conversation that goes on only the end is new.
 */
final class TiktokenTokenizer implements Tokenizer {

    /** A block ends at the first safe place behind so many characters. */
    static final int BLOCK = 1024;

    private final Encoding encoding;
    private final TokenCache cache;

    TiktokenTokenizer(Encoding encoding, TokenCache cache) {
        this.encoding = encoding;
        this.cache = cache;
    }

    /**
     * Reads the encoding's table, which takes a good part of a second.
     *
     * @param name one of {@link TokenizerNames#TIKTOKEN}
     */
    static Tokenizer named(String name, TokenCache cache) {
        return new TiktokenTokenizer(Encodings.newLazyEncodingRegistry()
                .getEncoding(EncodingType.fromName(name).orElseThrow()), cache);
    }

    @Override
    public int[] tokens(String text) {
        int[] all = new int[text.length() / 3 + 16];
        int count = 0;
        int from = 0;
        while (from < text.length()) {
            int to = text.length() - from <= BLOCK ? text.length() : TiktokenCuts.next(text, from + BLOCK);
            String block = text.substring(from, to);
            // The last block grows with the next turn: to remember it would only fill the memory.
            int[] tokens = to < text.length() ? remembered(block) : encode(block);
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
        HashValue128 key = cache.key(encoding.getName(), block);
        int[] known = cache.find(key);
        if (known != null) {
            return known;
        }
        int[] made = encode(block);
        cache.put(key, made);
        return made;
    }

    // What looks like a special token in a client's text is text.
    private int[] encode(String text) {
        return encoding.encodeOrdinary(text).toArray();
    }
}
