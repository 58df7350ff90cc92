package dev.penstock.cache.limits;

/**
 * Whether there was room for a request of a model. Immutable; any thread.
 *
 * @param exceeded what there was no room for
 * @param retrySeconds until there may be room
 * @param window the window that it was taken from, where there are fixed ones
 * @param member under which name it is in flight; empty where that is not counted
 */
record ModelTake(Exceeded exceeded, long retrySeconds, long window, String member) {

    /** What there was no room for. */
    enum Exceeded { NOTHING, REQUESTS, IN_FLIGHT }
}
