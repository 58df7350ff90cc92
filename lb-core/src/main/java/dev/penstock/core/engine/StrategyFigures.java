package dev.penstock.core.engine;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How one strategy has fared since the start, over all shards. Any thread.
 *
 * <p>Not each call is timed, for asking for the time twice costs more than many a call does: of each instance, one in
 * {@value #TIMED_ONE_IN} is, and the first one.
 */
public final class StrategyFigures {

    /** How many calls there are for each one that is timed. A power of two. */
    public static final int TIMED_ONE_IN = 64;

    private final LongAdder instances = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private final LongAdder exceptions = new LongAdder();
    private final LongAdder invalidAnswers = new LongAdder();
    private final LongAdder fallbacks = new LongAdder();
    private final LongAdder lateAnswers = new LongAdder();
    private final LongAdder timedCalls = new LongAdder();
    private final LongAdder timedNanos = new LongAdder();
    private final AtomicLong longestNanos = new AtomicLong();

    StrategyFigures() {}

    /**
     * The figures at one moment; each was right a moment ago, together they may be a little apart.
     *
     * @param instances instances that were made: one for each shard that was asked for it, and another one each time
     *     that a shard was taken from a router that did not come back
     * @param calls calls of its routers, of whatever method
     * @param exceptions calls that threw, and failures to make a router
     * @param invalidAnswers answers that named no candidate
     * @param fallbacks requests that asked for it, and that the fallback chose for
     * @param lateAnswers answers that did nothing, because the request was answered or given up
     * @param timedCalls calls that were timed
     * @param timedNanos how long these took together
     * @param longestNanos how long the longest of these took
     */
    public record Now(long instances, long calls, long exceptions, long invalidAnswers, long fallbacks,
            long lateAnswers, long timedCalls, long timedNanos, long longestNanos) {

        /** How long a call takes on average; NaN where none was timed. */
        public double meanNanos() {
            return timedCalls == 0 ? Double.NaN : (double) timedNanos / timedCalls;
        }
    }

    /** The figures as they are now. */
    public Now now() {
        return new Now(instances.sum(), calls.sum(), exceptions.sum(), invalidAnswers.sum(), fallbacks.sum(),
                lateAnswers.sum(), timedCalls.sum(), timedNanos.sum(), longestNanos.get());
    }

    void made() {
        instances.increment();
    }

    void called() {
        calls.increment();
    }

    void timed(long nanos) {
        timedCalls.increment();
        timedNanos.add(nanos);
        if (nanos > longestNanos.get()) {
            longestNanos.accumulateAndGet(nanos, Math::max);
        }
    }

    void threw() {
        exceptions.increment();
    }

    void invalidAnswer() {
        invalidAnswers.increment();
    }

    void fallback() {
        fallbacks.increment();
    }

    void lateAnswer() {
        lateAnswers.increment();
    }
}
