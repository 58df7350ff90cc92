package dev.penstock.server.tokens;

import java.nio.charset.StandardCharsets;

/**
 * Four bytes of UTF-8 are one token, the first byte the highest; zeros fill up the last one. Written down in the same
 * order, four bytes a token, the tokens are the text again: a block of 32 of them is what AIBrix's tokenizer
 * {@code character} makes of 128 bytes. And English text has about as many of them as of an engine's tokens.
 */
final class CharacterTokenizer implements Tokenizer {

    @Override
    public int[] tokens(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] tokens = new int[(bytes.length + Integer.BYTES - 1) / Integer.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            tokens[i / Integer.BYTES] |= (bytes[i] & 0xff) << (24 - Byte.SIZE * (i % Integer.BYTES));
        }
        return tokens;
    }
}
