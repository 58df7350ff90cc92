package dev.penstock.cache.trace;

import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.TraceSink;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The traces of a process: where requests are told, and what has been counted. Any thread. */
public final class Traces {

    private final TraceRing ring;
    private final RecentTraces recent;
    private final Supplier<TraceSteps> steps;

    /**
     * Traces that nobody counts yet.
     *
     * @param settings how long they are kept
     * @param steps what is collected, as it is now
     */
    public Traces(TraceSettings settings, Supplier<TraceSteps> steps) {
        this.ring = new TraceRing(TraceRing.BYTES, steps);
        this.recent = new RecentTraces(settings.windows());
        this.steps = steps;
    }

    /** Takes the records of requests. */
    public TraceSink sink() {
        return ring;
    }

    /** The windows that have ended, oldest first, as far back as they are kept. */
    public List<TraceWindow> windows() {
        return recent.windows();
    }

    /**
     * Who counts; to be run on its own thread.
     *
     * @param pending requests of a model that have begun and not ended
     * @param known whether a model is part of the fleet
     * @param clock the time
     * @param metrics where it counts what is lost
     */
    public TraceAgent agent(ToLongFunction<String> pending, Predicate<String> known, NanoClock clock,
            Metrics metrics) {
        TraceAgent agent = new TraceAgent(ring, recent, pending, known, steps, InstantSource.system(), clock);
        String help = "Records of requests that traces lost, or counted in a later window than their own.";
        metrics.gauge("penstock_trace_records_lost_total", help, ring::droppedArrivals, "record", "arrival");
        metrics.gauge("penstock_trace_records_lost_total", help, ring::droppedCompletions, "record", "completion");
        metrics.gauge("penstock_trace_records_lost_total", help, agent::tooLate, "record", "late");
        return agent;
    }
}
