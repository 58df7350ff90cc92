package dev.penstock.bench.chat;

import dev.penstock.bench.sim.TimeModel;

/**
 * What is run for each strategy. Engines are a GPU's five times as fast, so that a run takes seconds, not minutes.
 *
 * @param engines simulated engines
 * @param kvBlocks blocks of 16 tokens in the KV cache of each
 * @param requestsPerSecond turns that users send a second, on average, unless the engines are too slow
 * @param seconds how long chats begin
 * @param assistants system prompts that there are; each chat has one of them
 * @param seed where randomness begins: the same seed is the same load
 */
record ChatPlan(int engines, int kvBlocks, double requestsPerSecond, double seconds, int assistants, long seed) {

    /** Most turns of a chat; it has one at least. */
    static final int MOST_TURNS = 8;
    /** Characters of a system prompt; four are a token. */
    static final int SYSTEM_CHARS = 6_000;
    /** Fewest and most characters of what a user asks. */
    static final int[] QUESTION_CHARS = {200, 2_000};
    /** Fewest and most characters of what an assistant is said to have answered. */
    static final int[] ANSWER_CHARS = {200, 1_600};
    /** Tokens that engines really answer. */
    static final int OUTPUT_TOKENS = 16;
    /** Time that users take to think, on average. */
    static final double THINK_SECONDS = 1;

    private static final int SPEED = 5;

    TimeModel time() {
        TimeModel gpu = TimeModel.gpu();
        return new TimeModel(gpu.prefillTokensPerSecond() * SPEED, gpu.decodeBaseNanos() / SPEED,
                gpu.decodePerRunningNanos() / SPEED, gpu.maxBatch());
    }

    /** Chats that begin a second, on average. */
    double chatsPerSecond() {
        return requestsPerSecond / ((1 + MOST_TURNS) / 2.0);
    }
}
