package dev.penstock.server.disaggregated;

import dev.penstock.core.port.Metrics;
import java.util.EnumMap;
import java.util.Map;

/** What is counted of calls of prefill endpoints. Any thread. */
public final class PrefillMetrics {
    /** 10 ms to 30 s. */
    private static final long[] BOUNDS_NANOS = {10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
            500_000_000, 1_000_000_000, 2_500_000_000L, 5_000_000_000L, 10_000_000_000L, 30_000_000_000L};

    private final Map<PrefillOutcome, Metrics.Count> outcomes = new EnumMap<>(PrefillOutcome.class);
    private final Metrics.Count undivided;
    private final Metrics.Times times;

    /** Counts into the given metrics. */
    public PrefillMetrics(Metrics metrics) {
        for (PrefillOutcome outcome : PrefillOutcome.values()) {
            outcomes.put(outcome, metrics.counter("penstock_prefill_legs",
                    "Calls of prefill endpoints that have ended.", "outcome", outcome.label()));
        }
        undivided = metrics.counter("penstock_prefill_undivided",
                "Requests with a prefill endpoint that went to the decode endpoint alone: their call is not divided.");
        times = metrics.times("penstock_prefill_seconds",
                "Time of the calls of prefill endpoints that were answered with success, with connecting.",
                BOUNDS_NANOS);
    }

    /** A call has ended. */
    public void ended(PrefillOutcome outcome, long nanos) {
        Metrics.Count count = outcomes.get(outcome);
        if (count != null) {
            count.increment();
        }
        if (outcome == PrefillOutcome.COMPLETED || outcome == PrefillOutcome.NOTHING_TO_HAND_OVER) {
            times.record(nanos);
        }
    }

    /** A request went to its decode endpoint alone. */
    public void undivided() {
        undivided.increment();
    }
}
