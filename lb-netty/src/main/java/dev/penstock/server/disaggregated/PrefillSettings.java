package dev.penstock.server.disaggregated;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;

/**
 * How prompts are computed at endpoints of their own.
 *
 * @param timeoutNanos from the begin of the call until its answer must be whole; 0 for ever
 * @param machineId tells the replicas of a balancer apart in ids of requests that TensorRT-LLM hands over
 */
public record PrefillSettings(long timeoutNanos, int machineId) {
    /** The largest machine id: there are ten bits for it. */
    static final int MOST_MACHINES = 1023;

    /** Timeout. */
    public static final Setting<Long> TIMEOUT = Setting.duration("prefill.timeout", "30s", false,
            "Time for a prefill endpoint to compute a prompt, with connecting; then another pair is tried.");
    /** Machine id. */
    public static final Setting<Integer> MACHINE_ID = Setting.integer("prefill.machine-id", 0, 0, MOST_MACHINES, false,
            "Number of this process among its replicas, for the request ids of TensorRT-LLM: 0 to 1023.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(TIMEOUT, MACHINE_ID);

    /** These settings of all settings. */
    public static PrefillSettings from(Settings settings) {
        return new PrefillSettings(settings.get(TIMEOUT), settings.get(MACHINE_ID));
    }
}
