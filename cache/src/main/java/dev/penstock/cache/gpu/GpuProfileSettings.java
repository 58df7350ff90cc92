package dev.penstock.cache.gpu;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * Where GPU profiles come from. All static. Times in nanoseconds.
 *
 * @param file file of profiles; empty for none
 * @param intervalNanos time between two looks at the file
 * @param redis whether profiles are read from Redis, too, where there is one
 */
public record GpuProfileSettings(String file, long intervalNanos, boolean redis) {

    /** File of profiles. */
    public static final Setting<String> FILE = Setting.text("gpu-profiles.file", "", false,
            "File of GPU profiles, one or a list, JSON or YAML: what an endpoint carries and how fast it is; empty:"
                    + " none.");
    /** Interval. */
    public static final Setting<Long> INTERVAL = Setting.duration("gpu-profiles.interval", "1s", false,
            "Time between two looks at the file of GPU profiles.");
    /** Redis. */
    public static final Setting<Boolean> REDIS = Setting.flag("gpu-profiles.redis", true, false,
            "Whether the profiles that AIBrix's optimizer keeps in Redis are read, each 10 s, where there is a Redis.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(FILE, INTERVAL, REDIS);

    /** What holds when nobody says anything. */
    public static GpuProfileSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** The part of all settings. */
    public static GpuProfileSettings from(Settings settings) {
        return new GpuProfileSettings(settings.get(FILE), settings.get(INTERVAL), settings.get(REDIS));
    }
}
