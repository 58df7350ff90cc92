package dev.penstock.core.config;

import java.util.List;

/**
 * How often requests are sent once more.
 *
 * @param max most further attempts of a request
 * @param budgetPercent retries in percent of requests
 */
public record Retries(int max, int budgetPercent) {

    /** Most retries. */
    public static final Setting<Integer> MAX = Setting.integer("retry.max", 2, 0, 10, true,
            "Most further attempts of a request, each on another endpoint.");
    /** Retry budget. */
    public static final Setting<Integer> BUDGET = Setting.integer("retry.budget-percent", 10, 0, 100, true,
            "Retries in percent of requests, over all of them.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(MAX, BUDGET);

    static Retries from(Settings settings) {
        return new Retries(settings.get(MAX), settings.get(BUDGET));
    }
}
