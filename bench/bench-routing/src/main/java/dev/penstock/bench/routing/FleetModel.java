package dev.penstock.bench.routing;

/**
 * The fleet that is simulated: pods of which each prefills one prompt after the other and decodes all others at once.
 * Prefill and decode do not slow each other.
 *
 * @param pods how many
 * @param tokensPerSecond uncached tokens that a pod prefills in a second
 * @param blocks blocks of {@link Trace#BLOCK_TOKENS} in the KV cache of a pod
 * @param stepNanos what a decode step takes
 * @param stepNanosPerRequest what it takes more for each request that runs
 * @param batch requests that run at once at a pod
 */
record FleetModel(int pods, double tokensPerSecond, int blocks, long stepNanos, long stepNanosPerRequest, int batch) {

    /** Eight pods, 8,000 tokens/s, 1,024 blocks, 6 ms and 0.35 ms a step, 256 requests. */
    static final FleetModel STANDARD = new FleetModel(8, 8_000, 1_024, 6_000_000, 350_000, 256);
}
