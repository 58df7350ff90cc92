package dev.penstock.cache;

import dev.penstock.cache.prometheus.PrometheusSettings;
import dev.penstock.cache.scrape.EngineAccess;
import dev.penstock.cache.scrape.ScrapeSettings;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the gauges of engines come from.
 *
 * @param scrape how engines are asked
 * @param prometheus which Prometheus is asked
 * @param access how engines are reached
 */
public record EngineMetricsSettings(ScrapeSettings scrape, PrometheusSettings prometheus, EngineAccess access) {

    /** All of the settings, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL =
            Stream.concat(ScrapeSettings.ALL.stream(), PrometheusSettings.ALL.stream()).toList();

    /** The part of all settings. */
    public static EngineMetricsSettings from(Settings settings, EngineAccess access) {
        return new EngineMetricsSettings(ScrapeSettings.from(settings), PrometheusSettings.from(settings), access);
    }
}
