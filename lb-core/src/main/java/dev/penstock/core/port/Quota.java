package dev.penstock.core.port;

/**
 * How much somebody may ask for, and what is left of it. Immutable; any thread.
 *
 * @param requests most requests in a minute; 0 for any number
 * @param requestsLeft how many of them are left
 * @param requestsResetNanos until all of them are there again
 * @param tokens most tokens in a minute; 0 for any number
 * @param tokensLeft how many of them are left
 * @param tokensResetNanos until all of them are there again
 */
public record Quota(long requests, long requestsLeft, long requestsResetNanos, long tokens, long tokensLeft,
        long tokensResetNanos) {}
