package dev.penstock.core.config;

import java.util.List;

/**
 * How large a request may be, and how slow.
 *
 * @param bodyBytes the largest body
 * @param bodyRate bytes of body that a client sends in a second, on average; 0 for no bound
 * @param bodyRateGraceNanos for how long a body may be slower at its beginning
 */
public record RequestLimits(long bodyBytes, long bodyRate, long bodyRateGraceNanos) {

    /** Body limit. */
    public static final Setting<Long> BODY = Setting.size("limits.body", "64MiB", true,
            "Largest request body; then 413.");
    /** Body rate. */
    public static final Setting<Long> BODY_RATE = Setting.size("limits.body-rate", "240", true,
            "Bytes a second that a client sends of a body at least, on average; then 408; 0 for no bound.");
    /** Grace of the body rate. */
    public static final Setting<Long> BODY_RATE_GRACE = Setting.duration("limits.body-rate-grace", "5s", true,
            "Time at the beginning of a body for which it may be slower.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(BODY, BODY_RATE, BODY_RATE_GRACE);

    static RequestLimits from(Settings settings) {
        return new RequestLimits(settings.get(BODY), settings.get(BODY_RATE), settings.get(BODY_RATE_GRACE));
    }
}
