package dev.penstock.cache.replica;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * What replicas tell each other, where there is a Redis. All static. Times in nanoseconds.
 *
 * @param share whether they tell each other anything
 * @param periodNanos time between two reports, each of which is read by all others
 * @param expireNanos after how long without a new report what a replica said is dropped
 * @param prefixes whether they tell each other which prompts they have sent where
 * @param aibrix whether gateways of AIBrix on the same Redis are heard and told, too
 */
public record ReplicaSettings(boolean share, long periodNanos, long expireNanos, boolean prefixes, boolean aibrix) {

    /** Whether anything is shared. */
    public static final Setting<Boolean> SHARE = Setting.flag("replicas.share", true, false,
            "Whether processes on one Redis share requests in flight, pins of responses and hashes of prompts; without"
                    + " Redis nothing is shared.");
    /** Period. */
    public static final Setting<Long> PERIOD = Setting.duration("replicas.period", "100ms", false,
            "Time between two reports of a replica: one write and one read of Redis, however many pods there are.");
    /** Expiry. */
    public static final Setting<Long> EXPIRE = Setting.duration("replicas.expire", "1s", false,
            "After how long without a new report what a replica said is dropped; until then it holds, while Redis is"
                    + " away, too.");
    /** Prefixes. */
    public static final Setting<Boolean> PREFIXES = Setting.flag("replicas.prefixes", true, false,
            "Whether replicas tell each other which prompts they have sent where, as hashes.");
    /** Gateways of AIBrix. */
    public static final Setting<Boolean> AIBRIX = Setting.flag("replicas.aibrix", false, false,
            "Whether requests in flight are shared with gateways of AIBrix on the same Redis, by AIBrix's keys; costs a"
                    + " write for each busy pod and period, as it does there.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(SHARE, PERIOD, EXPIRE, PREFIXES, AIBRIX);

    private static final long SHORTEST_PERIOD_NANOS = 1_000_000;
    private static final int FEWEST_PERIODS = 3;

    /** Raises what is too short to work: a period of a millisecond, an expiry of three periods. */
    public ReplicaSettings {
        periodNanos = Math.max(periodNanos, SHORTEST_PERIOD_NANOS);
        expireNanos = Math.max(expireNanos, FEWEST_PERIODS * periodNanos);
    }

    /** What holds when nobody says anything. */
    public static ReplicaSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** This part of all settings. */
    public static ReplicaSettings from(Settings settings) {
        return new ReplicaSettings(settings.get(SHARE), settings.get(PERIOD), settings.get(EXPIRE),
                settings.get(PREFIXES), settings.get(AIBRIX));
    }
}
