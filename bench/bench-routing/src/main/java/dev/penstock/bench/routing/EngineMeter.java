package dev.penstock.bench.routing;

import dev.penstock.bench.routing.EngineCounts.Count;

/** Counts what a simulated engine does, as vLLM counts it. Confined to one thread. */
final class EngineMeter {

    private static final double SECOND_NANOS = 1e9;

    private final EngineCounts counts = new EngineCounts();
    private boolean busy;
    private long busySince;

    /** A prompt begins to be prefilled. */
    void prefills(Job job, long cachedTokens) {
        counts.add(Count.LOOKED_UP_TOKENS, job.request.inputTokens());
        counts.add(Count.FOUND_TOKENS, (double) Math.min(cachedTokens, job.request.inputTokens()));
    }

    /** Steps have passed in which some requests ran; some of them got their first token. */
    void steps(long steps, int running, int starting, long stepNanos) {
        double tokens = (double) steps * running;
        counts.add(Count.GENERATED_TOKENS, tokens);
        counts.add(Count.NEXT_TOKENS, tokens - starting);
        counts.add(Count.NEXT_TOKEN_SECONDS, (tokens - starting) * stepNanos / SECOND_NANOS);
    }

    void firstToken(Job job) {
        counts.add(Count.FIRST_TOKENS, 1);
        counts.add(Count.TTFT_SECONDS, seconds(job.sentNanos, job.firstTokenNanos));
        counts.add(Count.PREFILLED_TOKENS, job.request.inputTokens());
    }

    void ended(Job job) {
        counts.add(Count.ENDED, 1);
        counts.add(Count.PROMPT_TOKENS, job.request.inputTokens());
        counts.add(Count.ANSWER_TOKENS, job.request.outputTokens());
        counts.add(Count.QUEUE_SECONDS, seconds(job.sentNanos, job.prefillNanos));
        counts.add(Count.PREFILL_SECONDS, seconds(job.prefillNanos, job.firstTokenNanos));
        counts.add(Count.DECODE_SECONDS, seconds(job.firstTokenNanos, job.endNanos));
        counts.add(Count.E2E_SECONDS, seconds(job.sentNanos, job.endNanos));
    }

    /** Whether there is anything to do from now on. */
    void busy(boolean now, long atNanos) {
        if (busy && !now) {
            counts.add(Count.BUSY_SECONDS, seconds(busySince, atNanos));
        } else if (!busy && now) {
            busySince = atNanos;
        }
        busy = now;
    }

    /**
     * All that was counted up to a time.
     *
     * @param steps whole steps that have passed since {@link #steps} was told last
     * @param running requests that ran in them
     * @param stepNanos what each of them took
     */
    EngineCounts at(long atNanos, long steps, int running, long stepNanos) {
        EngineCounts now = counts.copy();
        double tokens = (double) steps * running;
        now.add(Count.GENERATED_TOKENS, tokens);
        now.add(Count.NEXT_TOKENS, tokens);
        now.add(Count.NEXT_TOKEN_SECONDS, tokens * stepNanos / SECOND_NANOS);
        if (busy) {
            now.add(Count.BUSY_SECONDS, seconds(busySince, atNanos));
        }
        return now;
    }

    private static double seconds(long fromNanos, long toNanos) {
        return (toNanos - fromNanos) / SECOND_NANOS;
    }
}
