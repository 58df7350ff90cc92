package dev.penstock.server.claims;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;

/**
 * How models that sleep in a pool are woken.
 *
 * @param wakePort port at which a pod of the pool is asked
 * @param wakeTimeoutNanos until it must have answered
 */
public record ClaimSettings(int wakePort, long wakeTimeoutNanos) {

    /** Wake port. */
    public static final Setting<Integer> WAKE_PORT = Setting.integer("model-claims.wake-port", 8080, 1, 65_535, false,
            "Port at which a pod is asked to wake a model that sleeps there.");
    /** Wake timeout. */
    public static final Setting<Long> WAKE_TIMEOUT = Setting.duration("model-claims.wake-timeout", "2m", false,
            "Time for a pod to answer that it wakes a model; then it may be asked again.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(WAKE_PORT, WAKE_TIMEOUT);

    /** These settings of all settings. */
    public static ClaimSettings from(Settings settings) {
        return new ClaimSettings(settings.get(WAKE_PORT), settings.get(WAKE_TIMEOUT));
    }
}
