package dev.penstock.server;

import dev.penstock.cache.FleetCache;
import dev.penstock.cache.limits.LimitSettings;
import dev.penstock.cache.limits.Limits;
import dev.penstock.cache.limits.RedisUsers;
import dev.penstock.cache.limits.Together;
import dev.penstock.cache.limits.UserSource;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Users;
import dev.penstock.core.port.Users.User;
import dev.penstock.server.config.MetadataSettings;
import dev.penstock.server.metadata.FileUsers;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The limits as the configuration tells of them, and the users: of {@code users.file}, else of Redis. Any thread, but
 * for {@link #look}.
 */
final class ConfiguredLimits {

    private static final Logger LOG = System.getLogger(ConfiguredLimits.class.getName());

    private final LimitSettings settings;
    private final @Nullable Redis redis;
    private final @Nullable FileUsers file;
    private volatile Map<String, User> users = Map.of();
    private volatile String error = "";

    private ConfiguredLimits(LimitSettings settings, @Nullable Redis redis, @Nullable FileUsers file) {
        this.settings = settings;
        this.redis = redis;
        this.file = file;
        look();
    }

    /**
     * Reads them.
     *
     * @throws InvalidSettingsException where the file of the users is broken
     */
    static ConfiguredLimits read(Path folder, Settings settings, @Nullable Redis redis) {
        String named = settings.get(MetadataSettings.USERS_FILE);
        return new ConfiguredLimits(LimitSettings.from(settings), redis, named.isEmpty() ? null
                : fileUsers(folder.resolve(Path.of(named))));
    }

    /** The users that are kept in a file, or in Redis where no file is named; else in memory. */
    static Users users(Path folder, String named, @Nullable Redis redis) {
        return !named.isEmpty() ? fileUsers(folder.resolve(Path.of(named)))
                : redis != null ? new RedisUsers(redis) : new FileUsers(null);
    }

    private static FileUsers fileUsers(Path path) {
        try {
            return new FileUsers(path);
        } catch (UncheckedIOException e) {
            throw new InvalidSettingsException(List.of(MetadataSettings.USERS_FILE.name() + ": "
                    + Objects.requireNonNullElse(e.getCause(), e).getMessage()));
        }
    }

    /** Decides about requests, together with somebody else. */
    Admission admission(Admission others, FleetCache cache, NanoClock clock, Metrics metrics) {
        UserSource source = file != null ? name -> CompletableFuture.completedFuture(users.get(name))
                : redis != null ? new RedisUsers(redis) : UserSource.NOBODY;
        return Together.of(Limits.of(settings, redis, source, cache, clock, metrics), others);
    }

    /** Looks whether the file has changed; what was good holds while it is broken. By one thread at a time. */
    void look() {
        FileUsers watched = file;
        if (watched == null) {
            return;
        }
        try {
            users = watched.all();
            error = "";
        } catch (UncheckedIOException e) {
            String told = MetadataSettings.USERS_FILE.name() + ": "
                    + Objects.requireNonNullElse(e.getCause(), e).getMessage();
            if (!told.equals(error)) {
                LOG.log(Level.WARNING, () -> told + " (the users stay as they were)");
            }
            error = told;
        }
    }

    /** What is wrong with the file as it is now. */
    List<String> errors() {
        return error.isEmpty() ? List.of() : List.of(error);
    }
}
