package dev.penstock.core.port;

import dev.penstock.spi.PodView;

/** Is told which prompts are sent where. By the threads that serve shards; never waits. */
@FunctionalInterface
public interface SentPrompts {

    /** Nobody wants to know. */
    SentPrompts UNHEARD = (endpoint, prefixHashes, promptTokens) -> { };

    /**
     * An endpoint was chosen for a prompt.
     *
     * @param endpoint the endpoint
     * @param prefixHashes hashes of the prompt's blocks, at least one; not to be changed
     * @param promptTokens its length, estimated
     */
    void sent(PodView endpoint, long[] prefixHashes, long promptTokens);
}
