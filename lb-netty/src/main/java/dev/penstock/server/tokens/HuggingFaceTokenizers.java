package dev.penstock.server.tokens;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokenizers of Hugging Face, by a library with native code that not every installation has. Used at start. */
final class HuggingFaceTokenizers {

    /** What a person is told where the library is missing. */
    static final String MISSING = "the library ai.djl.huggingface:tokenizers is missing; docs/tokenizers.md says how"
            + " to add it";

    // So that no more memory than that of a prompt is ever made of one.
    private static final Map<String, String> OPTIONS = Map.of("addSpecialTokens", "true", "padding", "false",
            "truncation", "false");

    private HuggingFaceTokenizers() {}

    /** Whether the library is there. */
    static boolean present() {
        try {
            Class.forName("ai.djl.huggingface.tokenizers.HuggingFaceTokenizer", false,
                    HuggingFaceTokenizers.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /**
     * Reads a tokenizer.
     *
     * @param name tells tokenizers with one cache apart
     * @throws IllegalStateException where that cannot be done, and why
     */
    static Tokenizer open(String name, Path file, TokenCache cache) {
        try {
            HuggingFaceTokenizer library = HuggingFaceTokenizer.newInstance(file, OPTIONS);
            Tokenizer whole = text -> ids(library, text, true);
            Frame frame = HuggingFaceFile.read(file).safeToCut() ? Frame.of(library) : null;
            if (frame == null) {
                return whole;
            }
            Tokenizer blocks = new BlockTokenizer("file " + name, text -> ids(library, text, false), cache);
            return text -> frame.around(blocks.tokens(text));
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new IllegalStateException("cannot make a tokenizer of " + file + ": " + e.getMessage(), e);
        }
    }

    // The tokenizer is in native memory that is never given back: it lasts as long as the process.
    private static int[] ids(HuggingFaceTokenizer library, String text, boolean withSpecialTokens) {
        long[] ids = library.encode(text, withSpecialTokens, false).getIds();
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = Math.toIntExact(ids[i]);
        }
        return tokens;
    }

    /** The special tokens that a tokenizer puts around each text. */
    private static final class Frame {

        private static final String SAMPLE = "a";

        private final int[] before;
        private final int[] after;

        private Frame(int[] before, int[] after) {
            this.before = before;
            this.after = after;
        }

        /** Those of a tokenizer; null where they cannot be told. */
        static @Nullable Frame of(HuggingFaceTokenizer library) {
            int[] bare = ids(library, SAMPLE, false);
            int[] framed = ids(library, SAMPLE, true);
            for (int at = 0; at + bare.length <= framed.length && bare.length > 0; at++) {
                if (Arrays.equals(framed, at, at + bare.length, bare, 0, bare.length)) {
                    return new Frame(Arrays.copyOf(framed, at),
                            Arrays.copyOfRange(framed, at + bare.length, framed.length));
                }
            }
            return null;
        }

        int[] around(int[] tokens) {
            int[] all = Arrays.copyOf(before, before.length + tokens.length + after.length);
            System.arraycopy(tokens, 0, all, before.length, tokens.length);
            System.arraycopy(after, 0, all, before.length + tokens.length, after.length);
            return all;
        }
    }
}
