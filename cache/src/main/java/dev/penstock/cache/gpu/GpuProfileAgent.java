package dev.penstock.cache.gpu;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.NanoClock;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Learns GPU profiles from where they are, a file and Redis. The duty cycle is confined to {@code lb-profiles};
 * {@link #errors} is for any thread.
 */
public final class GpuProfileAgent implements Agent {

    private final @Nullable GpuProfileFile file;
    private final @Nullable RedisGpuProfiles redis;

    private GpuProfileAgent(@Nullable GpuProfileFile file, @Nullable RedisGpuProfiles redis) {
        this.file = file;
        this.redis = redis;
    }

    /** The agent for some settings that has not looked yet, or null where there is nowhere to look. */
    public static @Nullable GpuProfileAgent of(GpuProfileSettings settings, @Nullable Redis redis,
            GpuProfileStore store, NanoClock clock) {
        GpuProfileFile file = settings.file().isEmpty() ? null : new GpuProfileFile(settings, store, clock);
        RedisGpuProfiles kept = redis == null || !settings.redis() ? null : new RedisGpuProfiles(redis, store, clock);
        return file == null && kept == null ? null : new GpuProfileAgent(file, kept);
    }

    /**
     * Learns what the file says at the start.
     *
     * @throws InvalidSettingsException where it is missing or wrong
     */
    public void load() {
        if (file != null) {
            file.load();
        }
    }

    /** What is wrong with the file now; empty where there is none. */
    public List<FileError> errors() {
        return file == null ? List.of() : file.errors();
    }

    @Override
    public String roleName() {
        return "lb-profiles";
    }

    @Override
    public int doWork() {
        return (file == null ? 0 : file.doWork()) + (redis == null ? 0 : redis.doWork());
    }

    /** How long the duty cycle may rest. */
    public long restNanos() {
        return Math.min(file == null ? Long.MAX_VALUE : file.restNanos(),
                redis == null ? Long.MAX_VALUE : redis.restNanos());
    }
}
