package dev.penstock.core.engine;

import dev.penstock.spi.RoutingRequest;

/** How many tokens a prompt has, roughly. Holds no state. */
public final class PromptTokens {

    // English text has about four characters in a token; JSON around it makes this err high.
    private static final int BYTES_PER_TOKEN = 4;

    private PromptTokens() {}

    static long estimate(RoutingRequest request) {
        int known = request.tokens().length;
        return known > 0 ? known : Math.max(1, of(request.bodyBytes()));
    }

    /** How many tokens a text has, by its bytes. */
    public static long of(long bytes) {
        return bytes / BYTES_PER_TOKEN;
    }
}
