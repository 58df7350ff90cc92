package dev.penstock.cache.trace;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Whether requests are traced, and how long that is remembered. Static; what is collected is live
 * ({@link dev.penstock.core.config.TraceSteps}).
 *
 * @param enabled whether there are traces at all
 * @param memoryNanos how long windows are kept in memory
 * @param redis whether they are written to Redis, where there is one
 */
public record TraceSettings(boolean enabled, long memoryNanos, boolean redis) {

    /** Whether there are traces. */
    public static final Setting<Boolean> ENABLED = Setting.flag("traces.enabled", true, false,
            "Whether requests are counted by windows of ten seconds for the GPU optimizer; false starts nothing.");
    /** Memory. */
    public static final Setting<Long> MEMORY = Setting.duration("traces.memory", "1h", false,
            "How long the windows are kept in memory, at /admin/traces.");
    /** Redis. */
    public static final Setting<Boolean> REDIS = Setting.flag("traces.redis", true, false,
            "Whether the windows are written to Redis, for AIBrix's GPU optimizer, where redis.url names one.");

    /** No traces. */
    public static final TraceSettings OFF = new TraceSettings(false, 0, false);

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(ENABLED, MEMORY, REDIS);

    /** The part of all settings. */
    public static TraceSettings from(Settings settings) {
        return new TraceSettings(settings.get(ENABLED), settings.get(MEMORY), settings.get(REDIS));
    }

    /** Windows that are kept in memory; at least one. */
    int windows() {
        return Math.clamp(TimeUnit.NANOSECONDS.toSeconds(memoryNanos) / TraceWindow.SECONDS, 1, 100_000);
    }
}
