package dev.penstock.bench.routing;

import dev.penstock.testkit.Routed;
import org.jspecify.annotations.Nullable;

/** A request in the simulation. Confined to one thread. */
final class Job {

    final int number;
    final Trace.Request request;
    final long arrivalNanos;
    final int answerBlocks;
    final int replica;
    @Nullable Routed routed;
    int pod;
    boolean refused;
    int hitBlocks;
    long uncachedTokens;
    // When it came to its pod, and when its prefill began there.
    long sentNanos = -1;
    long prefillNanos = -1;
    long firstTokenNanos = -1;
    long endNanos = -1;
    /** Decode step of the pod in which its last token comes. */
    long lastStep;

    Job(int number, Trace.Request request, long arrivalNanos, int replica) {
        this.number = number;
        this.request = request;
        this.arrivalNanos = arrivalNanos;
        this.replica = replica;
        answerBlocks = (request.outputTokens() + Trace.BLOCK_TOKENS - 1) / Trace.BLOCK_TOKENS;
    }
}
