package dev.penstock.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a router needs to have prepared of each request, before it is asked. Preparing costs time on each request:
 * nothing is the best.
 *
 * @param text whether {@link RoutingRequest#prompt} is read
 * @param hashBlockBytes bytes in a block of {@link RoutingRequest#prefixHashes}; 0 where they are not read
 * @param tokenizer name of the tokenizer for {@link RoutingRequest#tokens}, or null where they are not read
 */
public record Needs(boolean text, int hashBlockBytes, @Nullable String tokenizer) {

    /**
     * Checks the size of a block.
     *
     * @throws IllegalArgumentException where it is negative
     */
    public Needs {
        if (hashBlockBytes < 0) {
            throw new IllegalArgumentException("bytes in a block: " + hashBlockBytes + " (expected: 0 or more)");
        }
    }

    /** Nothing but what every request has. */
    public static final Needs NOTHING = new Needs(false, 0, null);

    /** The text of the prompt. */
    public static final Needs TEXT = new Needs(true, 0, null);

    /**
     * Chained hashes over blocks of the prompt.
     *
     * @param blockBytes bytes in a block; scorers in one expression agree on it
     * @throws IllegalArgumentException where it is negative
     */
    public static Needs hashes(int blockBytes) {
        return new Needs(false, blockBytes, null);
    }

    /**
     * The prompt as tokens; none where they could not be made in time.
     *
     * @param tokenizer name of the tokenizer: {@code auto} for that of the request's model, by configuration,
     *     {@code characters}, an encoding of tiktoken such as {@code cl100k_base}, or {@code remote} for the engine's
     *     own; scorers in one expression agree on it
     */
    public static Needs tokens(String tokenizer) {
        return new Needs(false, 0, tokenizer);
    }
}
