package dev.penstock.bench.sim;

import org.jspecify.annotations.Nullable;

/**
 * One request on the simulated GPU: how much prompt, how much output, and how far it has come. Times are the
 * scheduler's, in nanoseconds. Confined to the engine's event loop.
 */
final class Generation {
    /** Told what a generation produces, on the engine's event loop. */
    interface Listener {
        /** One more output token, the first being 0. */
        void token(int index);

        /** All output is there, or for a request without output the prompt has been computed. */
        void finished();
    }

    final int promptTokens;
    final int outputTokens;
    final long[] blockHashes;
    /** Whether another engine has computed the prompt. */
    final boolean computed;
    final Listener listener;
    PrefixCache.@Nullable Allocation allocation;
    int cachedTokens;
    int produced;
    boolean over;
    long submittedNanos;
    long prefillStartedNanos;
    long firstTokenNanos;
    long lastTokenNanos;

    Generation(int promptTokens, int outputTokens, long[] blockHashes, boolean computed,
            Listener listener) {
        this.promptTokens = promptTokens;
        this.outputTokens = outputTokens;
        this.blockHashes = blockHashes;
        this.computed = computed;
        this.listener = listener;
    }
}
