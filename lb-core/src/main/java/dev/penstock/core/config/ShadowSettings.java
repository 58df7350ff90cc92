package dev.penstock.core.config;

import java.util.List;

/**
 * A strategy that decides as well, is compared, and is never used. Immutable.
 *
 * @param strategy name or expression; empty for none
 * @param percent share of the requests that it is asked about, in percent
 */
public record ShadowSettings(String strategy, int percent) {

    /** Nothing is compared. */
    public static final ShadowSettings OFF = new ShadowSettings("", 100);

    /** Shadow strategy. */
    public static final Setting<String> STRATEGY = Setting.text("routing.shadow", "", true,
            "A strategy that decides as well, is compared, and is never used; empty for none.");
    /** Share. */
    public static final Setting<Integer> PERCENT = Setting.integer("routing.shadow-percent", 100, 1, 100, true,
            "Share of the requests that the shadow is asked about, in percent.");

    /** All of them. */
    static final List<Setting<?>> ALL = List.of(STRATEGY, PERCENT);

    static ShadowSettings from(Settings settings) {
        return new ShadowSettings(settings.get(STRATEGY), settings.get(PERCENT));
    }

    /** Whether there is one. */
    public boolean on() {
        return !strategy.isEmpty();
    }
}
