package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;

/**
 * The settings of the end. All static. Times in nanoseconds.
 *
 * @param delayNanos for how long connections are still accepted after a signal, when the process is not ready any more
 * @param graceNanos for how long running requests may go on, the delay included
 */
public record ShutdownSettings(long delayNanos, long graceNanos) {

    /** Delay. */
    public static final Setting<Long> DELAY = Setting.duration("shutdown.delay", "5s", false,
            "Time after SIGTERM in which connections are still accepted, at most half of shutdown.grace.");
    /** Grace. */
    public static final Setting<Long> GRACE = Setting.duration("shutdown.grace", "30s", false,
            "Time for running requests to end after SIGTERM, shutdown.delay included.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(DELAY, GRACE);

    /** Those that hold. */
    public static ShutdownSettings from(Settings settings) {
        long grace = settings.get(GRACE);
        return new ShutdownSettings(Math.min(settings.get(DELAY), grace / 2), grace);
    }
}
