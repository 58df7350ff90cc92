package dev.penstock.server.tokens;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

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
     * @throws IllegalStateException where that cannot be done, and why
     */
    static Tokenizer open(Path file) {
        try {
            return new Opened(HuggingFaceTokenizer.newInstance(file, OPTIONS));
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new IllegalStateException("cannot make a tokenizer of " + file + ": " + e.getMessage(), e);
        }
    }

    /** A tokenizer in native memory, which is never given back: it lasts as long as the process. */
    private record Opened(HuggingFaceTokenizer library) implements Tokenizer {

        @Override
        public int[] tokens(String text) {
            long[] ids = library.encode(text, true, false).getIds();
            int[] tokens = new int[ids.length];
            for (int i = 0; i < ids.length; i++) {
                tokens[i] = Math.toIntExact(ids[i]);
            }
            return tokens;
        }
    }
}
