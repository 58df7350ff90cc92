package dev.penstock.cache.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds keys by a pattern, step by step, on all nodes of a Cluster; never more than can be expected. Redis goes over
 * all of its keys for it: for what is rarely asked. Immutable; any thread.
 *
 * @param redis where
 * @param use what for, as in {@link Redis#call}
 * @param pattern what keys look like, a glob
 * @param most keys that can be expected; with more, there is no telling which ones are of use
 */
public record KeySearch(Redis redis, String use, String pattern, int most) {

    private static final int STEP = 500;

    /** The keys, or a {@link RedisFailure}, of kind CONTENT where there are too many. */
    public CompletionStage<Set<String>> find() {
        return from(ScanCursor.INITIAL, new HashSet<>());
    }

    private CompletionStage<Set<String>> from(ScanCursor cursor, Set<String> found) {
        ScanArgs args = ScanArgs.Builder.matches(pattern).limit(STEP);
        CompletionStage<KeyScanCursor<String>> step = redis.call(use, commands -> commands.scan(cursor, args));
        return step.thenCompose(next -> {
            found.addAll(next.getKeys());
            if (found.size() > most) {
                return CompletableFuture.failedFuture(redis.unexpected(use, "more than " + most + " keys like "
                        + pattern));
            }
            return next.isFinished() ? CompletableFuture.completedFuture(found) : from(next, found);
        });
    }
}
