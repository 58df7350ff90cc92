package dev.penstock.core.engine;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.RouterEnvironment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What engines count. One for all shards; any thread. */
public final class EngineMetrics {

    private static final int MAX_REASONS = 32;
    private static final int MAX_EVENTS = 32;
    // The configuration may name another one at any time.
    private static final int MAX_SHADOWS = 8;
    // Strategies times models; further ones are counted, but not shown.
    private static final int MAX_QUEUES = 256;

    private final Metrics metrics;
    private final NanoClock clock;
    private final Map<String, StrategyFigures> strategies = new ConcurrentHashMap<>();
    private final Map<String, Metrics.Count> fallbacks = new ConcurrentHashMap<>();
    private final Map<String, Metrics.Count> failures = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Metrics.Count>> events = new ConcurrentHashMap<>();
    private final Map<String, ShadowFigures> shadows = new ConcurrentHashMap<>();
    // By strategy and shard.
    private final Map<String, Map<Integer, QueueLengths>> queues = new ConcurrentHashMap<>();
    private final Set<String> queueSeries = ConcurrentHashMap.newKeySet();
    private final RouterLevels levels;

    /** Counts into the given metrics; calls of routers take no time. */
    public EngineMetrics(Metrics metrics) {
        this(metrics, () -> 0);
    }

    /**
     * Counts into the given metrics.
     *
     * @param clock by which calls of routers are timed
     */
    public EngineMetrics(Metrics metrics, NanoClock clock) {
        this.metrics = metrics;
        this.clock = clock;
        this.levels = new RouterLevels(metrics);
    }

    /** The figures of a strategy. */
    public StrategyFigures strategy(String name) {
        StrategyFigures known = strategies.get(name);
        return known != null ? known : strategies.computeIfAbsent(name, any -> new StrategyFigures());
    }

    /** By which calls of routers are timed. */
    NanoClock clock() {
        return clock;
    }

    /** The fallback decided instead of the strategy. */
    void fallback(String reason) {
        fallbacks.computeIfAbsent(bounded(fallbacks, reason, MAX_REASONS), label -> metrics.counter(
                "penstock_router_fallback", "Requests that the fallback chose for, by reason.", "reason", label))
                .increment();
    }

    /**
     * Where the router instance of a strategy and a shard tells how many requests wait in it; what an earlier one of
     * that shard has told does not count any more.
     */
    QueueLengths queues(String strategy, int shard) {
        QueueLengths made = new QueueLengths(model -> shown(strategy, model));
        queues.computeIfAbsent(strategy, any -> new ConcurrentHashMap<>()).put(shard, made);
        return made;
    }

    /** Lengths that are shown nowhere, for a router whose requests are none. */
    static QueueLengths unseenQueues() {
        return new QueueLengths(model -> { });
    }

    /** The routers of a shard are made anew: what those before have told does not count any more. */
    void forget(int shard) {
        queues.values().forEach(shards -> shards.remove(shard));
        levels.forget(shard);
    }

    /** Numbers that routers tell of themselves. */
    RouterLevels levels() {
        return levels;
    }

    /** What the routers of a strategy tell of themselves under a name, in all shards together; 0 where none does. */
    public long level(String strategy, String name) {
        return levels.value(strategy, name);
    }

    /** How many requests for a model wait in routers, of whatever strategy. */
    public int queued(String model) {
        int sum = 0;
        for (Map<Integer, QueueLengths> shards : queues.values()) {
            for (QueueLengths lengths : shards.values()) {
                sum += lengths.of(model);
            }
        }
        return sum;
    }

    private void shown(String strategy, String model) {
        String series = strategy + ' ' + model;
        if (!queueSeries.contains(series) && queueSeries.size() < MAX_QUEUES && queueSeries.add(series)) {
            Map<Integer, QueueLengths> shards = queues.computeIfAbsent(strategy, any -> new ConcurrentHashMap<>());
            metrics.gauge("penstock_router_queued", "Requests that wait in routers.",
                    () -> shards.values().stream().mapToInt(lengths -> lengths.of(model)).sum(),
                    "strategy", strategy, "model", model);
        }
    }

    /** A call of a plugin failed. */
    void failure(String strategy) {
        failures.computeIfAbsent(strategy, label -> metrics.counter("penstock_router_failures",
                "Calls of a router that threw or gave an invalid answer.", "strategy", label))
                .increment();
    }

    /** The figures of a shadow strategy. */
    ShadowFigures shadow(String strategy) {
        return shadows.computeIfAbsent(bounded(shadows, strategy, MAX_SHADOWS),
                label -> new ShadowFigures(metrics, label));
    }

    /** A piece of a pipeline was passed over; what it may be called and why is bounded by the configuration. */
    void passedOver(String pipeline, String piece, String reason) {
        metrics.counter("penstock_pipeline_passed_over", "Decisions of pipelines without one of their pieces.",
                "pipeline", pipeline, "piece", piece, "reason", reason).increment();
    }

    /** The counter of a plugin. */
    RouterEnvironment.Counter event(String strategy, String event) {
        Map<String, Metrics.Count> known = events.computeIfAbsent(strategy, any -> new ConcurrentHashMap<>());
        Metrics.Count count = known.computeIfAbsent(bounded(known, event, MAX_EVENTS), label -> metrics.counter(
                "penstock_router_events", "Events that routers count themselves.",
                "strategy", strategy, "event", label));
        return count::increment;
    }

    // Plugins name these; a name made of a request's data must not grow the metrics without bound.
    private static String bounded(Map<String, ?> known, String label, int most) {
        return known.containsKey(label) || known.size() < most ? label : "other";
    }
}
