package dev.penstock.routers.fairness;

import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;

/**
 * How many tokens a request takes, guessed before it has run.
 *
 * @param input tokens of the prompt
 * @param output tokens of the answer
 */
record Estimate(long input, long output) {

    private static final double ANSWER_PER_PROMPT = 1.5;

    /**
     * One and a half times the prompt for the answer, or fewer where the client wants no more. Of the same request
     * always the same, so it need not be kept.
     */
    static Estimate of(RoutingContext context) {
        return of(context.promptTokens(), context.request().maxTokens());
    }

    /**
     * The same of numbers.
     *
     * @param promptTokens tokens of the prompt
     * @param maxTokens the most tokens of the answer; -1 for any number
     */
    static Estimate of(long promptTokens, long maxTokens) {
        return new Estimate(promptTokens, output(promptTokens, maxTokens));
    }

    /** The tokens of the answer alone: for who wants no object. */
    static long output(long promptTokens, long maxTokens) {
        long output = (long) Math.ceil(ANSWER_PER_PROMPT * promptTokens);
        return maxTokens < 0 ? output : Math.min(output, maxTokens);
    }

    /** Tokens of both. */
    long total() {
        return input + output;
    }

    /** What the engine counted, and this where it did not. */
    Estimate correctedBy(Usage usage) {
        return new Estimate(usage.promptTokens() < 0 ? input : usage.promptTokens(),
                usage.completionTokens() < 0 ? output : usage.completionTokens());
    }
}
