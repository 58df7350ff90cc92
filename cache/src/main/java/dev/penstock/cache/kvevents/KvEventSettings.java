package dev.penstock.cache.kvevents;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * Which engines are asked to tell of their KV caches, and where. All static. Times in nanoseconds.
 *
 * @param enabled whether pods that offer it are heard
 * @param port where engines publish, unless a pod says otherwise
 * @param replayPort where they repeat what was missed, unless a pod says otherwise; 0 where they do not
 * @param replayNanos how long a pause of an engine that repeats is waited for
 */
public record KvEventSettings(boolean enabled, int port, int replayPort, long replayNanos) {

    /** Whether it is on. */
    public static final Setting<Boolean> ENABLED = Setting.flag("kv-events.enabled", true, false,
            "Whether pods with the label model.aibrix.ai/kv-events-enabled: \"true\" are heard telling of their KV"
                    + " caches.");
    /** Port of events. */
    public static final Setting<Integer> PORT = Setting.integer("kv-events.port", 5557, 1, 65_535, false,
            "Port on which engines publish events of their KV caches; a pod names another one by the label or"
                    + " annotation penstock.dev/kv-events-port.");
    /** Port of replays. */
    public static final Setting<Integer> REPLAY_PORT = Setting.integer("kv-events.replay-port", 5558, 0, 65_535, false,
            "Port on which engines repeat events that were missed, 0 where they do not; a pod names another one by"
                    + " penstock.dev/kv-events-replay-port.");
    /** Patience with replays. */
    public static final Setting<Long> REPLAY_TIMEOUT = Setting.duration("kv-events.replay-timeout", "5s", false,
            "How long an engine may pause while it repeats events; after that, what was missed counts as lost.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(ENABLED, PORT, REPLAY_PORT, REPLAY_TIMEOUT);

    /** Nobody is heard. */
    public static final KvEventSettings OFF = new KvEventSettings(false, 5557, 0, 0);

    /** What holds when nobody says anything. */
    public static KvEventSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** This part of all settings. */
    public static KvEventSettings from(Settings settings) {
        return new KvEventSettings(settings.get(ENABLED), settings.get(PORT), settings.get(REPLAY_PORT),
                settings.get(REPLAY_TIMEOUT));
    }
}
