package dev.penstock.spi;

import org.jspecify.annotations.Nullable;

/**
 * A change of an endpoint's KV cache, as its engine tells it, or as it is to be expected. Events of one endpoint come
 * in its order. What is in the arrays is not to be changed. More kinds may be added: a {@code switch} over them keeps
 * a {@code default}.
 */
@SuppressWarnings("ArrayRecordComponent") // events are never compared, and a list would box every hash
public sealed interface KvEvent {

    /** The endpoint. */
    PodView endpoint();

    /**
     * Blocks were stored.
     *
     * @param endpoint the endpoint
     * @param hashes the engine's hashes, in the order of the prompt
     * @param parent hash of the block before the first one, or null at the beginning of a prompt
     * @param tokens the tokens of all blocks
     * @param blockTokens tokens in a block
     * @param adapter the LoRA adapter, or null
     * @param medium where the blocks are, for example {@code GPU}, or null where the engine does not tell
     */
    record Stored(PodView endpoint, long[] hashes, @Nullable Long parent, int[] tokens, int blockTokens,
            @Nullable String adapter, @Nullable String medium) implements KvEvent {}

    /**
     * Blocks will be stored soon: a replica of this process has sent a prompt to the endpoint. Not told by the engine,
     * and by nobody where there are no replicas; may be missing, and may turn out to be wrong.
     *
     * @param endpoint the endpoint
     * @param prefixHashes hashes of the blocks of the prompt, as {@link RoutingRequest#prefixHashes} has them
     * @param promptTokens its length in tokens, as {@link RoutingContext#promptTokens} tells it; 0 where it was sent
     *     some time ago
     * @since 1.2
     */
    record Expected(PodView endpoint, long[] prefixHashes, long promptTokens) implements KvEvent {}

    /**
     * Blocks were removed.
     *
     * @param endpoint the endpoint
     * @param hashes the engine's hashes
     * @param medium where the blocks were, or null where the engine does not tell
     */
    record Removed(PodView endpoint, long[] hashes, @Nullable String medium) implements KvEvent {}

    /**
     * The cache is empty.
     *
     * @param endpoint the endpoint
     */
    record Cleared(PodView endpoint) implements KvEvent {}

    /**
     * Events were lost: what is known of the endpoint's cache does not hold any more.
     *
     * @param endpoint the endpoint
     */
    record Resync(PodView endpoint) implements KvEvent {}
}
