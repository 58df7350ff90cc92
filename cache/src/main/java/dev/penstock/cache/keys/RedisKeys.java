package dev.penstock.cache.keys;

import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.NanoClock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The keys in a hash of Redis, read again and again: id, and {@linkplain KeyJson the key}. While Redis does not answer,
 * those that it answered last. Looked at by one thread; {@link #answered} is for any.
 */
final class RedisKeys {
    /** Name of the hash. */
    static final String HASH = "penstock:keys";
    /** What Redis is used for here, in its metrics. */
    static final String USE = "keys";

    private final Redis redis;
    private final NanoClock clock;
    private final long refreshNanos;
    private final AtomicReference<@Nullable Map<String, String>> arrived = new AtomicReference<>();
    private volatile boolean asking;
    private volatile boolean answered;
    private Map<String, String> known = Map.of();
    private Map<String, KeyEntry> good = Map.of();
    private long askedNanos;

    RedisKeys(Redis redis, NanoClock clock, long refreshNanos) {
        this.redis = redis;
        this.clock = clock;
        this.refreshNanos = refreshNanos;
    }

    /** Asks, if it is time, and takes what has been answered since the last look; whether there are other keys now. */
    boolean look() {
        long now = clock.nanoTime();
        // Until it has answered once nobody is let in: no time to lose.
        if (!asking && redis.up() && (!answered || now - askedNanos >= refreshNanos)) {
            askedNanos = now;
            asking = true;
            redis.call(USE, commands -> commands.hgetall(HASH)).whenComplete((found, failure) -> {
                if (found != null) {
                    arrived.set(found);
                }
                asking = false;
            });
        }
        Map<String, String> found = arrived.getAndSet(null);
        if (found == null) {
            return false;
        }
        boolean first = !answered;
        answered = true;
        if (found.equals(known)) {
            return first;
        }
        known = Map.copyOf(found);
        good = read(found);
        return true;
    }

    private Map<String, KeyEntry> read(Map<String, String> found) {
        Map<String, KeyEntry> entries = new HashMap<>();
        found.forEach((id, json) -> {
            try {
                KeyEntry entry = entry(id, json);
                entries.put(id, entry);
            } catch (IllegalArgumentException e) {
                // The others hold; this one lets nobody in.
                redis.unexpected(USE, HASH + " has a field that is no key: " + e.getMessage());
            }
        });
        return Map.copyOf(entries);
    }

    /**
     * Reads a field.
     *
     * @throws IllegalArgumentException where it is no key
     */
    static KeyEntry entry(String id, String json) {
        KeyEntry entry = KeyJson.read(json);
        if (!entry.key().id().equals(id)) {
            throw new IllegalArgumentException("id: is not the name of the field");
        }
        return entry;
    }

    /** Those that were answered last. */
    Map<String, KeyEntry> good() {
        return good;
    }

    /** Whether Redis has ever answered. */
    boolean answered() {
        return answered;
    }
}
