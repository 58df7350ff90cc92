package dev.penstock.core.config;

import java.util.List;

/**
 * How large a request may be.
 *
 * @param bodyBytes the largest body
 */
public record RequestLimits(long bodyBytes) {

    /** Body limit. */
    public static final Setting<Long> BODY = Setting.size("limits.body", "64MiB", true,
            "Largest request body; then 413.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(BODY);

    static RequestLimits from(Settings settings) {
        return new RequestLimits(settings.get(BODY));
    }
}
