package dev.penstock.cache.kubernetes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an object of the API server. Immutable; any thread.
 *
 * @param <T> what it means to the cache
 * @param key where it is found
 * @param uid its UID
 * @param value what it means, or null where it is none of ours or is refused
 * @param problems what of it is refused, and why; with a value, the rest of it is good
 */
record Reading<T>(ObjectKey key, String uid, @Nullable T value, List<String> problems) {

    Reading {
        problems = List.copyOf(problems);
    }

    static <T> Reading<T> ignored(ObjectKey key, String uid) {
        return new Reading<>(key, uid, null, List.of());
    }

    static <T> Reading<T> refused(ObjectKey key, String uid, List<String> problems) {
        return new Reading<>(key, uid, null, problems);
    }
}
