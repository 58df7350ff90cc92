package dev.penstock.cache.trace;

import java.util.TreeMap;
import org.agrona.collections.Long2LongCounterMap;

/** What is counted of one model in one window. Confined to {@code lb-trace}. */
final class WindowCounts {

    /** Not asked for yet: what is pending and queueing belongs to the moment at which the window was written first. */
    private static final long UNKNOWN = -1;

    /** By both buckets, the one of the prompt in the upper half: no object for a request. */
    private final Long2LongCounterMap completions = new Long2LongCounterMap(0);
    private long arrivals;
    private long pending = UNKNOWN;
    private long queueing;

    void arrived() {
        arrivals++;
    }

    void completed(long promptTokens, long completionTokens) {
        completions.incrementAndGet(((long) TokenIndex.of(promptTokens) << Integer.SIZE)
                | TokenIndex.of(completionTokens));
    }

    /**
     * What was counted so far.
     *
     * @param pendingNow requests that are pending now, for the first time that it is written
     * @param queueingNow requests that wait in a router now, likewise
     */
    ModelTrace toTrace(String model, long pendingNow, long queueingNow) {
        if (pending == UNKNOWN) {
            pending = pendingNow;
            queueing = queueingNow;
        }
        TreeMap<String, Long> named = new TreeMap<>();
        completions.forEach((buckets, count) -> named.put((buckets >>> Integer.SIZE) + ":" + (int) buckets, count));
        return new ModelTrace(model, arrivals, pending, queueing, named);
    }
}
