package dev.penstock.server.tokens;

import java.util.List;
import java.util.Set;

/** The names of tokenizers that every configuration knows. */
public final class TokenizerNames {

    /** The tokenizer of the request's model. */
    public static final String AUTO = "auto";
    /** No tokens are made. */
    public static final String NONE = "none";
    /** Four bytes a token. */
    public static final String CHARACTERS = "characters";
    /** An engine is asked. */
    public static final String REMOTE = "remote";
    /** The encodings of tiktoken. */
    public static final List<String> TIKTOKEN = List.of("cl100k_base", "o200k_base", "p50k_base", "r50k_base");
    /** All of them. */
    public static final Set<String> BUILT_IN = Set.of(AUTO, NONE, CHARACTERS, REMOTE, "cl100k_base", "o200k_base",
            "p50k_base", "r50k_base");

    private TokenizerNames() {}
}
