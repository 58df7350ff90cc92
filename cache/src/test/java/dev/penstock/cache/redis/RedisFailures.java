package dev.penstock.cache.redis;

/** Failures for tests that have no Redis. */
public final class RedisFailures {

    private RedisFailures() {}

    /** A failure. */
    public static RedisFailure of(RedisFailure.Kind kind) {
        return new RedisFailure(kind, "made up: " + kind.label());
    }
}
