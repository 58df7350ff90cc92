package dev.penstock.cache.trace;

import dev.penstock.cache.redis.Redis;
import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.TraceSink;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The traces of a process: where requests are told, and what has been counted. As long as nothing is to be collected
 * there is neither a ring nor a thread. Any thread.
 */
public final class Traces {

    /**
     * What traces work with.
     *
     * @param models what there is to know of models
     * @param clock the time
     * @param metrics where it is counted what is lost
     * @param redis where the windows are written, too, if the settings say so; null for nowhere
     */
    public record Surroundings(TracedModels models, NanoClock clock, Metrics metrics, @Nullable Redis redis) {}

    private final TraceSettings settings;
    private final Supplier<TraceSteps> steps;
    private final TraceGate gate = new TraceGate();
    private final RecentTraces recent;
    private boolean begun;

    /**
     * Traces that nobody counts yet.
     *
     * @param settings how long they are kept
     * @param steps what is collected, as it is now
     */
    public Traces(TraceSettings settings, Supplier<TraceSteps> steps) {
        this.settings = settings;
        this.steps = steps;
        this.recent = new RecentTraces(settings.windows());
    }

    /** Takes the records of requests. */
    public TraceSink sink() {
        return gate;
    }

    /** The windows that have ended, oldest first, as far back as they are kept. */
    public List<TraceWindow> windows() {
        return recent.windows();
    }

    /**
     * Begins when something is to be collected for the first time. By one thread at a time.
     *
     * @return who counts, to be run on its own thread; null where there is nothing to begin
     */
    public @Nullable TraceAgent begin(Surroundings with) {
        if (begun || !steps.get().collect()) {
            return null;
        }
        begun = true;
        TraceRing ring = new TraceRing(TraceRing.BYTES, steps);
        TraceAgent agent = new TraceAgent(ring, store(with), with.models(), steps, InstantSource.system(),
                with.clock());
        String help = "Records of requests that traces lost, or counted in a later window than their own.";
        String name = "penstock_trace_records_lost_total";
        with.metrics().gauge(name, help, ring::droppedArrivals, "record", "arrival");
        with.metrics().gauge(name, help, ring::droppedCompletions, "record", "completion");
        with.metrics().gauge(name, help, agent::tooLate, "record", "late");
        gate.open(ring);
        return agent;
    }

    private TraceStore store(Surroundings with) {
        Redis redis = with.redis();
        if (redis == null || !settings.redis()) {
            return recent;
        }
        RedisTraces written = RedisTraces.of(redis, with.clock());
        with.metrics().gauge("penstock_trace_windows_lost_total",
                "Windows of which something could not be written to Redis in time.", written::lostWindows);
        String help = "Requests that are missing in Redis because their window could not be written in time.";
        String name = "penstock_trace_window_records_lost_total";
        with.metrics().gauge(name, help, written::lostArrivals, "record", "arrival");
        with.metrics().gauge(name, help, written::lostCompletions, "record", "completion");
        return new TraceStores(List.of(recent, written));
    }
}
