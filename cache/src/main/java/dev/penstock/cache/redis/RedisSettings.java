package dev.penstock.cache.redis;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * Where Redis is. Static. Immutable; any thread.
 *
 * @param url where, see {@link #URL}; empty means that there is none
 * @param replica name of this process among those that share a Redis; empty means one that is made up
 * @param timeoutNanos time for an answer, and for a connection to stand
 */
public record RedisSettings(String url, String replica, long timeoutNanos) {

    /** Where. */
    public static final Setting<String> URL = Setting.text("redis.url", "", false,
            "Where Redis or Valkey is: redis://host:6379; empty: what would be there is kept in this process.");
    /** Name of this process. */
    public static final Setting<String> REPLICA = Setting.text("redis.replica", "", false,
            "Name of this process among those that share a Redis, unique; empty: POD_NAME, else one that is made up.");
    /** Timeout. */
    public static final Setting<Long> TIMEOUT = Setting.duration("redis.timeout", "2s", false,
            "Time for Redis to answer, and for a connection to stand; no request waits as long.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(URL, REPLICA, TIMEOUT);

    /** What holds when nobody says anything: there is none. */
    public static RedisSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** This part of all settings. */
    public static RedisSettings from(Settings settings) {
        return new RedisSettings(settings.get(URL), settings.get(REPLICA), settings.get(TIMEOUT));
    }

    /** Whether there is a Redis. */
    public boolean enabled() {
        return !url.isEmpty();
    }
}
