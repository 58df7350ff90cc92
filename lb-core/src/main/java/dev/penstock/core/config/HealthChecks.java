package dev.penstock.core.config;

import java.util.List;

/**
 * Active checks of endpoints. Times in nanoseconds.
 *
 * @param path what is asked for; empty for no checks
 * @param intervalNanos time between two checks of an endpoint; 0 for no checks
 * @param timeoutNanos time for the answer; 0 for as long as the interval
 * @param healthy checks in a row that must be well for an endpoint to come back
 * @param unhealthy checks in a row that must fail for an endpoint to be ejected
 */
public record HealthChecks(String path, long intervalNanos, long timeoutNanos, int healthy, int unhealthy) {

    /** Path. */
    public static final Setting<String> PATH = new Setting<>("health.path", "", HealthChecks::path, true,
            "Path that is asked for to check endpoints, for example /health: 2xx is well; empty for no checks.");
    /** Interval. */
    public static final Setting<Long> INTERVAL = Setting.duration("health.interval", "5s", true,
            "Time between two checks of an endpoint.");
    /** Timeout. */
    public static final Setting<Long> TIMEOUT = Setting.duration("health.timeout", "2s", true,
            "Time for the answer to a check.");
    /** Checks to come back. */
    public static final Setting<Integer> HEALTHY = Setting.integer("health.healthy", 2, 1, 100, true,
            "Checks in a row that must be well for an ejected endpoint to come back.");
    /** Checks to be ejected. */
    public static final Setting<Integer> UNHEALTHY = Setting.integer("health.unhealthy", 3, 1, 100, true,
            "Checks in a row that must fail for an endpoint to be ejected.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(PATH, INTERVAL, TIMEOUT, HEALTHY, UNHEALTHY);

    static HealthChecks from(Settings settings) {
        return new HealthChecks(settings.get(PATH), settings.get(INTERVAL), settings.get(TIMEOUT),
                settings.get(HEALTHY), settings.get(UNHEALTHY));
    }

    /** Whether endpoints are checked. */
    public boolean on() {
        return !path.isEmpty() && intervalNanos > 0;
    }

    private static String path(String text) {
        String path = text.trim();
        // It goes into a request line as it is.
        if (!path.isEmpty() && !path.matches("/[\\x21-\\x7e&&[^#]]*")) {
            throw new IllegalArgumentException("expected: a path such as /health, or nothing");
        }
        return path;
    }
}
