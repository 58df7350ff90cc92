package dev.penstock.cache.kubernetes;

import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.PodSpec;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A kind of objects, and what the cache is told of them. Immutable; any thread.
 *
 * @param <T> what an object means to the cache
 * @param label its name in metrics and messages
 * @param mayBeAbsent whether it is no error that the server knows no such kind
 * @param upserted what the cache is told of one that has come or changed
 * @param removed what the cache is told of one that has left, by key and UID
 */
record Kind<T>(String label, boolean mayBeAbsent, Function<T, CacheCommand> upserted,
        BiFunction<ObjectKey, String, CacheCommand> removed) {

    static Kind<PodSpec> pods(String source) {
        return new Kind<>("pods", false, pod -> new CacheCommand.PodUpserted(source, pod),
                (key, uid) -> new CacheCommand.PodRemoved(source, key.namespace(), key.name(), uid));
    }

    static Kind<AdapterSpec> adapters(String source, boolean mayBeAbsent) {
        return new Kind<>("modeladapters", mayBeAbsent, adapter -> new CacheCommand.AdapterUpserted(source, adapter),
                (key, uid) -> new CacheCommand.AdapterRemoved(source, key.namespace(), key.name()));
    }
}
