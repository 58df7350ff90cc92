package dev.penstock.bench.routing;

import dev.penstock.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.List;

/** Requests in the order of their arrival. Immutable; equal only to itself. */
final class Trace {

    /** Tokens in a block of the trace, which is a block of the simulated engines too. */
    static final int BLOCK_TOKENS = 512;

    // As the kv-cache routers have it: 128 bytes of four bytes a token.
    private static final int HASH_TOKENS = 32;
    private static final int HASHES_PER_BLOCK = BLOCK_TOKENS / HASH_TOKENS;
    private static final int BYTES_PER_TOKEN = 4;

    private final String name;
    private final List<Request> requests;
    private final double saturation;

    /**
     * A trace.
     *
     * @param name its name
     * @param requests the requests
     * @param saturation see {@link #saturation}
     */
    Trace(String name, List<Request> requests, double saturation) {
        this.name = name;
        this.requests = requests;
        this.saturation = saturation;
    }

    String name() {
        return name;
    }

    List<Request> requests() {
        return requests;
    }

    /** Times the trace's own speed at which round robin offers as much prefill as the fleet can do. */
    double saturation() {
        return saturation;
    }

    /**
     * One request.
     *
     * @param arrivalNanos when it comes, at the trace's own speed
     * @param inputTokens tokens of the prompt
     * @param outputTokens tokens of the answer, at least one
     * @param blocks what is in the blocks of the prompt: equal numbers are equal prefixes; from 0, without large gaps
     * @param routed as routers see it
     */
    @SuppressWarnings("ArrayRecordComponent") // hundreds of thousands of numbers, never compared
    record Request(long arrivalNanos, int inputTokens, int outputTokens, int[] blocks, FakeRequest routed) {

        static Request of(long arrivalNanos, int inputTokens, int outputTokens, int[] blocks) {
            FakeRequest routed = FakeRequest.plain().streaming()
                    .withBodyBytes((long) inputTokens * BYTES_PER_TOKEN)
                    .withPrefixHashes(hashes(inputTokens, blocks));
            return new Request(arrivalNanos, inputTokens, Math.max(1, outputTokens), blocks, routed);
        }

        /** The same of a conversation, which routers see as the session and as the user. */
        Request inConversation(String name) {
            return new Request(arrivalNanos, inputTokens, outputTokens, blocks,
                    routed.withSessionKey(name).withUser(name));
        }

        private static long[] hashes(int inputTokens, int[] blocks) {
            int known = Math.min(inputTokens, blocks.length * BLOCK_TOKENS);
            long[] hashes = new long[known / HASH_TOKENS];
            for (int i = 0; i < hashes.length; i++) {
                hashes[i] = mixed((long) blocks[i / HASHES_PER_BLOCK] * HASHES_PER_BLOCK + i % HASHES_PER_BLOCK);
            }
            return hashes;
        }

        // Hashes of a proxy are spread over all 64 bits.
        private static long mixed(long number) {
            long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
            mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
            return mixed ^ (mixed >>> 31);
        }
    }

    /** The same requests, those of one time spread evenly up to a time later. */
    Trace spread(String newName, long bucketNanos) {
        List<Request> spread = new ArrayList<>(requests.size());
        int from = 0;
        while (from < requests.size()) {
            long at = requests.get(from).arrivalNanos();
            int to = from;
            while (to < requests.size() && requests.get(to).arrivalNanos() == at) {
                to++;
            }
            for (int i = from; i < to; i++) {
                Request request = requests.get(i);
                spread.add(new Request(at + bucketNanos * (i - from) / (to - from), request.inputTokens(),
                        request.outputTokens(), request.blocks(), request.routed()));
            }
            from = to;
        }
        return new Trace(newName, spread, saturation);
    }

    /** The first requests only. */
    Trace first(int most) {
        return requests.size() <= most ? this : new Trace(name, requests.subList(0, most), saturation);
    }

    /** One more than the largest number of a block. */
    int blockNumbers() {
        int most = -1;
        for (Request request : requests) {
            for (int block : request.blocks()) {
                most = Math.max(most, block);
            }
        }
        return most + 1;
    }

    /** Blocks of all prompts. */
    long blocks() {
        return requests.stream().mapToLong(request -> request.blocks().length).sum();
    }
}
