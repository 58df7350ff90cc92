package dev.penstock.cache.scrape;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * How engines are asked for their metrics. All static. Times in nanoseconds.
 *
 * @param enabled whether they are asked at all
 * @param intervalNanos time between two pages of an endpoint
 * @param timeoutNanos time for a page, from connecting to its last byte
 * @param windowNanos the time that rates, means and percentiles are of
 * @param maxPageBytes longest page
 * @param modelsIntervalNanos time between two looks at the models that an engine lists; 0 for never
 */
public record ScrapeSettings(boolean enabled, long intervalNanos, long timeoutNanos, long windowNanos,
        long maxPageBytes, long modelsIntervalNanos) {

    /** Whether. */
    public static final Setting<Boolean> ENABLED = Setting.flag("scrape.enabled", true, false,
            "Whether engines are asked for their metrics and models.");
    /** Interval. */
    public static final Setting<Long> INTERVAL = Setting.duration("scrape.interval", "1s", false,
            "Time between two metrics pages of an endpoint.");
    /** Timeout. */
    public static final Setting<Long> TIMEOUT = Setting.duration("scrape.timeout", "5s", false,
            "Time for a metrics page, from connecting to its last byte.");
    /** Window. */
    public static final Setting<Long> WINDOW = Setting.duration("scrape.window", "60s", false,
            "The time that rates, means and percentiles of engines are of.");
    /** Longest page. */
    public static final Setting<Long> MAX_PAGE = Setting.size("scrape.max-page", "4MiB", false,
            "Longest metrics page; a longer one is refused.");
    /** Interval of models. */
    public static final Setting<Long> MODELS_INTERVAL = Setting.duration("scrape.models-interval", "10s", false,
            "Time between two looks at the LoRA adapters that an engine lists on /v1/models; off for none.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(ENABLED, INTERVAL, TIMEOUT, WINDOW, MAX_PAGE, MODELS_INTERVAL);

    // Below this a page is asked for all the time.
    private static final long LEAST_NANOS = 1_000_000;

    /** Bounds the times from below. */
    public ScrapeSettings {
        intervalNanos = Math.max(LEAST_NANOS, intervalNanos);
        timeoutNanos = Math.max(LEAST_NANOS, timeoutNanos);
        windowNanos = Math.max(LEAST_NANOS, windowNanos);
    }

    /** What holds when nobody says anything. */
    public static ScrapeSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** The part of all settings. */
    public static ScrapeSettings from(Settings settings) {
        return new ScrapeSettings(settings.get(ENABLED), settings.get(INTERVAL), settings.get(TIMEOUT),
                settings.get(WINDOW), settings.get(MAX_PAGE), settings.get(MODELS_INTERVAL));
    }
}
