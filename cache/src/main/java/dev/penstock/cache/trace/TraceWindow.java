package dev.penstock.cache.trace;

import java.util.List;

/**
 * What happened in ten seconds. Immutable; any thread.
 *
 * @param end Unix time in seconds at which it ended, a multiple of {@link #SECONDS}: the window is known by it
 * @param models the models for which something happened, in the order of their names
 */
public record TraceWindow(long end, List<ModelTrace> models) {

    /** Length of a window. */
    public static final long SECONDS = 10;

    /** Copies the list. */
    public TraceWindow {
        models = List.copyOf(models);
    }

    /** End of the window that a moment is in: windows begin at multiples of their length. */
    static long endAfter(long unixSeconds) {
        return unixSeconds - Math.floorMod(unixSeconds, SECONDS) + SECONDS;
    }
}
