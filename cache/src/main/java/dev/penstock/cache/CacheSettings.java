package dev.penstock.cache;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * The settings of the cache. All static. Times in nanoseconds.
 *
 * @param discoveryFile file that lists models and endpoints; empty for none
 * @param discoveryIntervalNanos time between two looks at the file
 * @param groupBy label that names the group of a pod
 * @param maxEndpoints most endpoints
 * @param gaugesMaxAgeNanos age from which a gauge counts as missing
 * @param figuresFile file of the live figures, on a memory file system; or {@code auto}, or {@code none}
 * @param pinsMax most responses whose endpoint is remembered
 * @param pinsTtlNanos how long the endpoint of a response is remembered
 */
public record CacheSettings(String discoveryFile, long discoveryIntervalNanos, String groupBy, int maxEndpoints,
        long gaugesMaxAgeNanos, String figuresFile, int pinsMax, long pinsTtlNanos) {

    /** Discovery file. */
    public static final Setting<String> DISCOVERY_FILE = Setting.text("discovery.file", "", false,
            "File that lists models and endpoints, Penstock's or AIBrix's standalone form; empty: models are listed in"
                    + " the configuration file.");
    /** Discovery interval. */
    public static final Setting<Long> DISCOVERY_INTERVAL = Setting.duration("discovery.interval", "1s", false,
            "Time between two looks at the file that lists the models.");
    /** Group label. */
    public static final Setting<String> GROUP_BY = Setting.text("cache.group-by", "app.kubernetes.io/name", false,
            "Label that names the group of a pod.");
    /** Most endpoints. */
    public static final Setting<Integer> MAX_ENDPOINTS = Setting.integer("cache.max-endpoints", 65_536, 1, 1_048_576,
            false, "Most endpoints, those included that have left and still have requests.");
    /** Age of gauges. */
    public static final Setting<Long> GAUGES_MAX_AGE = Setting.duration("gauges.max-age", "10s", false,
            "Age from which a figure that an engine reported counts as missing.");
    /** Figures file. */
    public static final Setting<String> FIGURES_FILE = Setting.text("figures.file", FigureColumns.AUTO, false,
            "File on a memory file system that shows the live figures to penstock stat; auto: one below /dev/shm, where"
                    + " that can be written; none: no file.");
    /** Most pins. */
    public static final Setting<Integer> PINS_MAX = Setting.integer("pins.max", 65_536, 1, 16_777_216, false,
            "Most responses whose endpoint is remembered for later calls that name them.");
    /** Age of pins. */
    public static final Setting<Long> PINS_TTL = Setting.duration("pins.ttl", "1h", false,
            "How long the endpoint of a response is remembered.");

    /** All settings of the cache, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(DISCOVERY_FILE, DISCOVERY_INTERVAL, GROUP_BY, MAX_ENDPOINTS,
            GAUGES_MAX_AGE, FIGURES_FILE, PINS_MAX, PINS_TTL);

    /** What holds when nobody says anything. */
    public static CacheSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** The cache's part of all settings. */
    public static CacheSettings from(Settings settings) {
        return new CacheSettings(settings.get(DISCOVERY_FILE), settings.get(DISCOVERY_INTERVAL),
                settings.get(GROUP_BY), settings.get(MAX_ENDPOINTS), settings.get(GAUGES_MAX_AGE),
                settings.get(FIGURES_FILE), settings.get(PINS_MAX), settings.get(PINS_TTL));
    }
}
