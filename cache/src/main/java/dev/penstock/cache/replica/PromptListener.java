package dev.penstock.cache.replica;

import dev.penstock.spi.KvEvent;

/** Hears which prompts replicas have sent where. By {@code lb-replica}; never waits. */
@FunctionalInterface
public interface PromptListener {

    /** Nobody listens. */
    PromptListener NONE = (shard, prompt) -> { };

    /**
     * A replica has sent a prompt.
     *
     * @param shard number of the shard that the endpoint is of
     * @param prompt where to, and its hashes
     */
    void sentElsewhere(int shard, KvEvent.Expected prompt);
}
