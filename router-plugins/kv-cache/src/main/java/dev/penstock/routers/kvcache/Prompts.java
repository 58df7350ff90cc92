package dev.penstock.routers.kvcache;

import dev.penstock.spi.RoutingRequest;

/**
 * Sizes of prompts in tokens, where no tokenizer has counted them: bytes divided by a number. Any thread.
 *
 * @param bytesPerToken bytes of a body in a token, more than zero
 */
record Prompts(double bytesPerToken) {

    /** Bytes in a block of {@link RoutingRequest#prefixHashes}; one number for all strategies, so that they share. */
    static final int BLOCK_BYTES = 128;

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException where it is not more than zero
     */
    Prompts {
        if (!(bytesPerToken > 0)) {
            throw new IllegalArgumentException(PrefixMatchProvider.BYTES_PER_TOKEN + ": " + bytesPerToken
                    + " (expected: more than 0)");
        }
    }

    /** Tokens in a block. */
    double blockTokens() {
        return BLOCK_BYTES / bytesPerToken;
    }

    /** Tokens of a prompt; at least one. */
    long tokens(RoutingRequest request) {
        int known = request.tokens().length;
        return known > 0 ? known : Math.max(1, (long) (request.bodyBytes() / bytesPerToken));
    }

    /** Puts the size of a prompt into an object for that. */
    PromptSize size(RoutingRequest request, PromptSize into) {
        int known = request.tokens().length;
        int blocks = request.prefixHashes().length;
        return into.set(tokens(request), known > 0 && blocks > 0 ? (double) known / blocks : blockTokens());
    }
}
