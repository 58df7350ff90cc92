package dev.penstock.core.config;

import java.util.List;

/**
 * What is collected of requests for their traces. Each step can be switched off alone, while the process runs.
 *
 * @param arrivals whether requests are counted when they begin
 * @param completions whether their tokens are counted when they end
 * @param pending whether the requests that have not ended are told with each window
 * @param queueing whether the requests that wait in a router are told with each window
 */
public record TraceSteps(boolean arrivals, boolean completions, boolean pending, boolean queueing) {

    /** Everything. */
    public static final TraceSteps ALL_ON = new TraceSteps(true, true, true, true);

    /** Arrivals. */
    public static final Setting<Boolean> ARRIVALS = Setting.flag("traces.arrivals", true, true,
            "Whether traces count the requests that begin in a window.");
    /** Completions. */
    public static final Setting<Boolean> COMPLETIONS = Setting.flag("traces.completions", true, true,
            "Whether traces count the tokens of the requests that end in a window.");
    /** Pending requests. */
    public static final Setting<Boolean> PENDING = Setting.flag("traces.pending", true, true,
            "Whether traces tell how many requests had not ended when a window was written.");
    /** Queueing requests. */
    public static final Setting<Boolean> QUEUEING = Setting.flag("traces.queueing", true, true,
            "Whether traces tell how many requests waited in a router when a window was written.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(ARRIVALS, COMPLETIONS, PENDING, QUEUEING);

    static TraceSteps from(Settings settings) {
        return new TraceSteps(settings.get(ARRIVALS), settings.get(COMPLETIONS), settings.get(PENDING),
                settings.get(QUEUEING));
    }

    /** Whether anything is collected: a window for which nothing was heard of a model says nothing of it. */
    public boolean collect() {
        return arrivals || completions;
    }
}
