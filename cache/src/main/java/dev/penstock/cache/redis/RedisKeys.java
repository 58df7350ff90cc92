package dev.penstock.cache.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds keys by a pattern, step by step, on all nodes of a Cluster; never more than can be expected. Redis goes over
 * all of its keys for it: for what is rarely asked. Immutable; any thread.
 *
 * @param redis where
 * @param use what for, as in {@link Redis#call}
 * @param pattern what keys look like, a glob
 * @param most keys that are of use; the search ends with them
 */
public record RedisKeys(Redis redis, String use, String pattern, int most) {

    private static final int STEP = 500;

    /** The keys, each once, in no order; or a {@link RedisFailure}. */
    public CompletionStage<List<String>> find() {
        ScanArgs args = ScanArgs.Builder.matches(pattern).limit(STEP);
        List<String> found = new ArrayList<>();
        return redis.call(use, commands -> commands.scan(args)).thenCompose(first -> next(first, args, found));
    }

    private CompletionStage<List<String>> next(KeyScanCursor<String> cursor, ScanArgs args, List<String> found) {
        found.addAll(cursor.getKeys());
        if (found.size() > most) {
            redis.unexpected(use, "more than " + most + " keys like " + pattern + ": the others are passed over");
        }
        if (cursor.isFinished() || found.size() >= most) {
            return CompletableFuture.completedFuture(found.stream().distinct().limit(most).toList());
        }
        return redis.call(use, commands -> commands.scan(cursor, args)).thenCompose(then -> next(then, args, found));
    }
}
