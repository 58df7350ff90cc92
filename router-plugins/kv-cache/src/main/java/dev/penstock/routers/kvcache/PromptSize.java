package dev.penstock.routers.kvcache;

/** Size of the prompt that is decided. Used again for each; confined to one thread. */
final class PromptSize {

    private long tokens;
    private double blockTokens;

    /**
     * Another prompt.
     *
     * @param all all its tokens, at least one
     * @param perBlock tokens in a block of it
     */
    PromptSize set(long all, double perBlock) {
        tokens = all;
        blockTokens = perBlock;
        return this;
    }

    /** All its tokens, at least one. */
    long tokens() {
        return tokens;
    }

    /** Tokens that are left when some of its blocks are cached; at least one: engines compute the last. */
    long uncached(int cachedBlocks) {
        return cachedBlocks == 0 ? tokens : Math.max(1, tokens - (long) (cachedBlocks * blockTokens));
    }
}
