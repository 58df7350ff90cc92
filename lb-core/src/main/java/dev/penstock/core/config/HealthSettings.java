package dev.penstock.core.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * When an endpoint gets no requests for a while. Times in nanoseconds, 0 meaning never.
 *
 * @param consecutiveFailures failures in a row that eject an endpoint; 0 for never
 * @param ejectionNanos how long the first ejection is; each further one is twice as long
 * @param ejectionMaxNanos the longest ejection, and how long an endpoint must be well for its ejections to be forgotten
 * @param maxEjectedPercent most endpoints of a model that are out, in percent of those that are ready
 * @param coolDownNanos how long 429 or 503 keep requests away
 * @param coolDownMaxNanos the longest Retry-After of a pod that is honored
 * @param checks active checks
 */
public record HealthSettings(int consecutiveFailures, long ejectionNanos, long ejectionMaxNanos, int maxEjectedPercent,
        long coolDownNanos, long coolDownMaxNanos, HealthChecks checks) {

    /** Failures in a row. */
    public static final Setting<Integer> CONSECUTIVE_FAILURES = Setting.integer("health.consecutive-failures", 5, 0,
            1_000, true, "Failures of an endpoint in a row, after which it is ejected; 0 for never.");
    /** First ejection. */
    public static final Setting<Long> EJECTION = Setting.duration("health.ejection", "10s", true,
            "How long the first ejection lasts; each further one lasts twice as long.");
    /** Longest ejection. */
    public static final Setting<Long> EJECTION_MAX = Setting.duration("health.ejection-max", "5m", true,
            "Longest ejection; an endpoint that is well for this long begins anew.");
    /** Most endpoints that are out. */
    public static final Setting<Integer> MAX_EJECTED = Setting.integer("health.max-ejected-percent", 50, 0, 100, true,
            "Most endpoints of a model that are out, in percent of its ready ones; never all.");
    /** Cool-down. */
    public static final Setting<Long> COOL_DOWN = Setting.duration("health.cool-down", "1s", true,
            "How long an endpoint that answered 429 or 503 gets no requests.");
    /** Longest cool-down. */
    public static final Setting<Long> COOL_DOWN_MAX = Setting.duration("health.cool-down-max", "30s", true,
            "Longest Retry-After of an endpoint that is honored.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = Stream.of(List.<Setting<?>>of(CONSECUTIVE_FAILURES, EJECTION,
            EJECTION_MAX, MAX_EJECTED, COOL_DOWN, COOL_DOWN_MAX), HealthChecks.ALL)
            .<Setting<?>>flatMap(List::stream).toList();

    /** What holds when nobody says anything. */
    public static HealthSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** The part of all settings that is about health. */
    public static HealthSettings from(Settings settings) {
        return new HealthSettings(settings.get(CONSECUTIVE_FAILURES), settings.get(EJECTION),
                settings.get(EJECTION_MAX), settings.get(MAX_EJECTED), settings.get(COOL_DOWN),
                settings.get(COOL_DOWN_MAX), HealthChecks.from(settings));
    }

    /** Whether failures eject. */
    public boolean ejects() {
        return consecutiveFailures > 0 && ejectionNanos > 0 && maxEjectedPercent > 0;
    }

    /** Whether 429 and 503 keep requests away. */
    public boolean coolsDown() {
        return coolDownNanos > 0 && maxEjectedPercent > 0;
    }
}
