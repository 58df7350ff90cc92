package dev.penstock.cache.prometheus;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.net.URI;
import java.util.List;

/**
 * Which Prometheus is asked, and how. All static. Times in nanoseconds.
 *
 * @param endpoint its address; empty for none
 * @param username name for basic authentication; empty for none
 * @param password password for it
 * @param intervalNanos time in which every figure is asked for once
 * @param timeoutNanos time for an answer
 */
public record PrometheusSettings(String endpoint, String username, String password, long intervalNanos,
        long timeoutNanos) {

    /** Address. */
    public static final Setting<String> ENDPOINT = new Setting<>("prometheus.endpoint", "",
            PrometheusSettings::address, false, "Address of a Prometheus that knows the engines, for example"
                    + " http://prometheus.monitoring:9090, for routers that want figures over minutes; empty: none.");
    /** User name. */
    public static final Setting<String> USERNAME = Setting.text("prometheus.username", "", false,
            "User name there, for basic authentication; empty for none.");
    /** Password. */
    public static final Setting<String> PASSWORD = Setting.text("prometheus.password", "", false,
            "Password there; better given in the environment than in the file.");
    /** Interval. */
    public static final Setting<Long> INTERVAL = Setting.duration("prometheus.interval", "5s", false,
            "Time in which every figure is asked for once, for all endpoints; less than gauges.max-age.");
    /** Timeout. */
    public static final Setting<Long> TIMEOUT = Setting.duration("prometheus.timeout", "2s", false,
            "Time for an answer of Prometheus; then the figures of before grow old.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(ENDPOINT, USERNAME, PASSWORD, INTERVAL, TIMEOUT);

    private static final long LEAST_NANOS = 1_000_000;

    /** Bounds the times from below. */
    public PrometheusSettings {
        intervalNanos = Math.max(LEAST_NANOS, intervalNanos);
        timeoutNanos = Math.max(LEAST_NANOS, timeoutNanos);
    }

    /** Whether one is asked. */
    public boolean enabled() {
        return !endpoint.isEmpty();
    }

    /** The part of all settings. */
    public static PrometheusSettings from(Settings settings) {
        return new PrometheusSettings(settings.get(ENDPOINT), settings.get(USERNAME), settings.get(PASSWORD),
                settings.get(INTERVAL), settings.get(TIMEOUT));
    }

    private static String address(String text) {
        String trimmed = text.strip().replaceFirst("/+$", "");
        if (trimmed.isEmpty()) {
            return "";
        }
        try {
            URI uri = URI.create(trimmed);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return trimmed;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("expected: http://HOST:PORT or https://HOST:PORT");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PrometheusSettings[" + endpoint + "]";
    }
}
