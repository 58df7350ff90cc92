package dev.penstock.server.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/** The encodings of tiktoken. Used at start. */
final class Tiktoken {

    private Tiktoken() {}

    /**
     * Reads the encoding's table, which takes a good part of a second.
     *
     * @param name one of {@link TokenizerNames#TIKTOKEN}
     */
    static Tokenizer open(String name, TokenCache cache) {
        return of(Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.fromName(name).orElseThrow()), cache);
    }

    /** A tokenizer by an encoding. */
    static Tokenizer of(Encoding encoding, TokenCache cache) {
        // What looks like a special token in a client's text is text.
        return new BlockTokenizer(encoding.getName(), text -> encoding.encodeOrdinary(text).toArray(), cache);
    }
}
