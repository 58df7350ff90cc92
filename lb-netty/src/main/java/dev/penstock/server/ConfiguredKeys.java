package dev.penstock.server;

import dev.penstock.cache.keys.FileKeyStore;
import dev.penstock.cache.keys.KeySettings;
import dev.penstock.cache.keys.RedisKeyStore;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.port.ApiKeyStore;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** The keys that a configuration names, for those who make and revoke them. Without state; its callers wait. */
final class ConfiguredKeys {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private ConfiguredKeys() {}

    /**
     * Lends the store that the configuration names.
     *
     * @throws InvalidSettingsException where it names none, or two
     * @throws UncheckedIOException where Redis cannot be reached
     */
    static <T> T use(Path folder, Settings settings, Function<ApiKeyStore, T> use) {
        KeySettings named = KeySettings.from(settings);
        RedisSettings where = RedisSettings.from(settings);
        if (named.redis() == !named.file().isEmpty() || (named.redis() && !where.enabled())) {
            throw new InvalidSettingsException(List.of((named.redis() && where.enabled() ? "two stores of keys"
                    : "no store of keys") + " (expected: --file FILE, --redis URL, or a configuration that says either"
                    + " keys.file, or keys.redis and redis.url)"));
        }
        SecureRandom random = new SecureRandom();
        InstantSource time = InstantSource.system();
        if (!named.redis()) {
            return use.apply(new FileKeyStore(folder.resolve(named.file()), random, time));
        }
        try (Redis redis = Redis.open(where, NanoClock.SYSTEM, Metrics.NONE)) {
            await(redis, where.timeoutNanos());
            return use.apply(new RedisKeyStore(redis, random, time));
        }
    }

    private static void await(Redis redis, long nanos) {
        long since = NanoClock.SYSTEM.nanoTime();
        while (!redis.up()) {
            if (NanoClock.SYSTEM.nanoTime() - since >= nanos) {
                throw new UncheckedIOException(new IOException("Redis cannot be reached within redis.timeout"));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
