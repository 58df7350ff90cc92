package dev.penstock.bench.sim;

/**
 * How long an engine takes: prefill is a first-come queue with a fixed rate, decode is one batch in which every
 * running request gets one token per step, and a step is longer the more requests run.
 *
 * @param prefillTokensPerSecond uncached prompt tokens computed per second; 0 means prefill takes no time
 * @param decodeBaseNanos        the part of a decode step that does not depend on the batch, in nanoseconds
 * @param decodePerRunningNanos  what each running request adds to a decode step, in nanoseconds
 * @param maxBatch               how many requests run at most; the others wait
 */
public record TimeModel(long prefillTokensPerSecond, long decodeBaseNanos, long decodePerRunningNanos, int maxBatch) {

    /** Checks that nothing is negative and that at least one request may run. */
    public TimeModel {
        if (prefillTokensPerSecond < 0 || decodeBaseNanos < 0 || decodePerRunningNanos < 0 || maxBatch < 1) {
            throw new IllegalArgumentException("time model: " + prefillTokensPerSecond + ", " + decodeBaseNanos + ", "
                    + decodePerRunningNanos + ", " + maxBatch + " (expected: none negative, a batch of at least 1)");
        }
    }

    /** Returns a mid-sized GPU: 8,000 prompt tokens a second, 6 ms + 0.35 ms for each of at most 256 running. */
    public static TimeModel gpu() {
        return new TimeModel(8_000, 6_000_000, 350_000, 256);
    }

    /** Returns an engine that takes no time, for tests that ask what is answered and not when. */
    public static TimeModel zero() {
        return new TimeModel(0, 0, 0, 256);
    }

    long prefillNanos(int tokens) {
        return prefillTokensPerSecond == 0 ? 0 : tokens * 1_000_000_000L / prefillTokensPerSecond;
    }

    long stepNanos(int running) {
        return decodeBaseNanos + decodePerRunningNanos * running;
    }
}
