package dev.penstock.server.tokens;

/** Makes tokens of a text, in this process. Any number of threads at a time. */
@FunctionalInterface
interface Tokenizer {

    /**
     * The tokens of a text.
     *
     * @throws RuntimeException where it cannot; the request goes on without tokens
     */
    int[] tokens(String text);
}
