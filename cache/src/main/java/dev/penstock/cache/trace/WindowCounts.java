package dev.penstock.cache.trace;

import java.util.TreeMap;

/** What is counted of one model in one window. Confined to {@code lb-trace}. */
final class WindowCounts {

    /** Not asked for yet: what is pending and queueing belongs to the moment at which the window was written first. */
    private static final long UNKNOWN = -1;

    private final TreeMap<String, Long> completions = new TreeMap<>();
    private long arrivals;
    private long pending = UNKNOWN;
    private long queueing;

    void arrived() {
        arrivals++;
    }

    void completed(long promptTokens, long completionTokens) {
        completions.merge(TokenIndex.of(promptTokens) + ":" + TokenIndex.of(completionTokens), 1L, Long::sum);
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
        return new ModelTrace(model, arrivals, pending, queueing, completions);
    }
}
