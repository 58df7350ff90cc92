package dev.penstock.cache.limits;

import dev.penstock.core.port.Quota;

/**
 * Whether there was room for a request of a user. Immutable; any thread.
 *
 * @param exceeded what there was no room for
 * @param quota what is left
 * @param retryNanos until there is room; 0 where there was
 * @param tokens tokens that were taken for the request
 * @param window the window that they were taken from, where there are fixed ones
 */
record Verdict(Exceeded exceeded, Quota quota, long retryNanos, long tokens, long window) {

    /** What there was no room for. */
    enum Exceeded { NOTHING, REQUESTS, TOKENS }

    boolean taken() {
        return exceeded == Exceeded.NOTHING;
    }
}
