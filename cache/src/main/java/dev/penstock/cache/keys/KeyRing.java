package dev.penstock.cache.keys;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.ApiKeys;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys of this process, of all sources: those of a file, those of Redis, and the one that all clients share.
 * {@link #look} is for one thread, which is the only one that publishes; all else is for any thread, and waits for
 * nobody.
 */
public final class KeyRing implements ApiKeys {
    private static final System.Logger LOG = System.getLogger(KeyRing.class.getName());

    private final KeySettings settings;
    private final InstantSource time;
    private final @Nullable WatchedFile<Map<String, KeyEntry>> file;
    private final @Nullable WatchedFile<Optional<KeyHash>> sharedFile;
    private final @Nullable RedisKeys redis;
    private volatile KeyTable table = KeyTable.EMPTY;

    private KeyRing(KeySettings settings, Path folder, NanoClock clock, InstantSource time, @Nullable RedisKeys redis) {
        this.settings = settings;
        this.time = time;
        this.file = settings.file().isEmpty() ? null : new WatchedFile<>(KeySettings.FILE.name(),
                folder.resolve(settings.file()), clock, Map.of(), KeyLines::read);
        this.sharedFile = settings.sharedFile().isEmpty() ? null : new WatchedFile<>(KeySettings.SHARED_FILE.name(),
                folder.resolve(settings.sharedFile()), clock, Optional.empty(), KeyRing::shared);
        this.redis = redis;
    }

    /**
     * The keys of all sources that the settings name.
     *
     * @param folder where relative names of files are seen from
     * @param redis the connection, or null where there is none
     * @throws InvalidSettingsException where a file is missing or of no use
     */
    public static KeyRing open(KeySettings settings, Path folder, @Nullable Redis redis, NanoClock clock,
            Metrics metrics) {
        List<String> wrong = settings.contradictions(redis != null);
        KeyRing ring = new KeyRing(settings, folder, clock, InstantSource.system(),
                redis == null || !settings.redis() ? null : new RedisKeys(redis, clock, settings.refreshNanos()));
        ring.look();
        wrong.addAll(ring.errors());
        if (!wrong.isEmpty()) {
            throw new InvalidSettingsException(wrong);
        }
        if (ring.required()) {
            metrics.gauge("penstock_api_keys", "Keys of clients that are known.", () -> ring.table.size());
        }
        return ring;
    }

    /**
     * What is wrong with what the settings name, all of it; keeps nothing, and asks no Redis.
     *
     * @param redisKnown whether it is configured where Redis is
     */
    public static List<String> problems(KeySettings settings, Path folder, boolean redisKnown) {
        List<String> problems = settings.contradictions(redisKnown);
        KeyRing once = new KeyRing(settings, folder, () -> 0, InstantSource.system(), null);
        once.look();
        problems.addAll(once.errors());
        return problems;
    }

    private static Optional<KeyHash> shared(String text, String name, Consumer<FileError> errors) {
        try {
            String key = KeySettings.key(text);
            if (!key.isEmpty()) {
                return Optional.of(KeyHash.of(key));
            }
            errors.accept(new FileError(name, 0, 0, "expected: one key"));
        } catch (IllegalArgumentException e) {
            errors.accept(new FileError(name, 0, 0, String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    /** Looks whether a source has other keys now. */
    public void look() {
        boolean first = table == KeyTable.EMPTY;
        boolean changed = file != null && file.look();
        changed |= sharedFile != null && sharedFile.look();
        changed |= redis != null && redis.look();
        if (!changed && !first) {
            return;
        }
        Map<String, KeyEntry> all = new HashMap<>();
        if (redis != null) {
            all.putAll(redis.good());
        }
        if (file != null) {
            all.putAll(file.good());
        }
        table = new KeyTable(sharedKey(), all);
        if (changed) {
            LOG.log(System.Logger.Level.INFO, "keys of clients: {0}", table.size());
        }
    }

    private @Nullable KeyHash sharedKey() {
        if (sharedFile != null) {
            return sharedFile.good().orElse(null);
        }
        return settings.shared().isEmpty() ? null : KeyHash.of(settings.shared());
    }

    @Override
    public boolean required() {
        return settings.required();
    }

    @Override
    public @Nullable ApiKey find(CharSequence secret) {
        return table.find(secret, time.instant());
    }

    /** What is wrong with the files as they are now; what was last good holds. */
    public List<String> errors() {
        List<String> errors = new ArrayList<>();
        if (sharedFile != null) {
            errors.addAll(sharedFile.errors());
        }
        if (file != null) {
            errors.addAll(file.errors());
        }
        return errors;
    }

    /** What must come before anybody can be let in, or null. */
    public @Nullable String awaited() {
        return redis == null || redis.answered() ? null : "keys of Redis";
    }
}
