package dev.penstock.cache;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.figures.CompletionRates;
import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.gpu.GpuProfileAgent;
import dev.penstock.cache.gpu.GpuProfileStore;
import dev.penstock.cache.health.EjectionAgent;
import dev.penstock.cache.health.EndpointHealth;
import dev.penstock.cache.kvevents.KvEventAgent;
import dev.penstock.cache.replica.ReplicaAgent;
import dev.penstock.cache.replica.SharedPins;
import dev.penstock.cache.scrape.ScrapeAgent;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.trace.TraceAgent;
import dev.penstock.cache.trace.TraceWindow;
import dev.penstock.cache.trace.Traces;
import dev.penstock.cache.tracking.PinStore;
import dev.penstock.cache.tracking.TrackedRequests;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.Pins;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What only a load balancer knows: live figures, requests and their traces, pins, who is out, what engines tell, GPU
 * profiles. Begun and ended by whoever starts and closes the cache; read by any thread.
 */
final class GatewayParts {

    private static final int MODEL_SERIES = 5_000;

    private final FleetCache.Builder from;
    private final FleetAgent fleet;
    private final CacheProxy proxy;
    private final FigureColumns figures;
    private final GpuProfileStore profiles;
    private final @Nullable GpuProfileAgent profileAgent;
    private final Pins pins;
    private final TrackedRequests tracker;
    private final @Nullable Traces traces;
    private final Traces.Surroundings traced;
    private final FleetHistory history;
    private final EndpointHealth health;
    private final EjectionAgent ejections;
    private final CompletionRates rates;
    private final @Nullable ReplicaAgent replicas;
    private final @Nullable KvEventAgent kvEvents;
    // Made when all else stands: it has connections to give back.
    private volatile @Nullable EngineMetricsThread engineMetrics;
    // From then on lb-cache looks whether there is something to trace.
    private volatile @Nullable AgentThreads threads;

    /**
     * Parts of which none has begun.
     *
     * @param from what was asked for
     * @param profiles where GPU profiles are kept
     * @param figures the columns of the slots
     * @param fleet the writer of the snapshots
     * @param proxy the way to it
     */
    GatewayParts(FleetCache.Builder from, GpuProfileStore profiles, FigureColumns figures, FleetAgent fleet,
            CacheProxy proxy) {
        this.from = from;
        this.fleet = fleet;
        this.proxy = proxy;
        this.figures = figures;
        this.profiles = profiles;
        CacheSettings settings = from.settings;
        profileAgent = GpuProfileAgent.of(from.gpuProfiles, from.redis, profiles, from.clock);
        Pins own = new PinStore(fleet, from.clock, settings.pinsMax(), settings.pinsTtlNanos());
        pins = from.redis == null || !from.replicas.share() ? own
                : new SharedPins(own, from.redis, fleet, settings.pinsTtlNanos());
        traces = from.traces.enabled() ? new Traces(from.traces, from.traceSteps) : null;
        tracker = new TrackedRequests(fleet, traces == null ? TraceSink.OFF : traces.sink(), from.clock);
        traced = new Traces.Surroundings(new FleetModels(fleet, tracker), from.clock, from.metrics, from.redis);
        history = new FleetHistory(fleet, figures.times(), from.clock);
        health = new EndpointHealth(figures.health(), from.health, from.clock, proxy::wake);
        ejections = new EjectionAgent(health, figures.health(), fleet, from.health, from.clock, from.metrics);
        rates = new CompletionRates(figures, fleet, from.clock);
        replicas = from.redis == null || !from.replicas.share() ? null
                : new ReplicaAgent(from.replicas, from.redis, fleet, figures, from.clock, from.metrics);
        kvEvents = from.kvEvents.enabled() ? new KvEventAgent(from.kvEvents, fleet, from.clock, from.metrics) : null;
        fleet.onPublish(tracker::forgetGone);
        from.metrics.gauges("penstock_model_pending", "Requests of a model that have begun and not ended.", "model",
                MODEL_SERIES, tracker::pendingByModel);
    }

    /**
     * Columns for the slots of a fleet.
     *
     * @throws InvalidSettingsException where their file cannot be made
     */
    static FigureColumns columns(FleetCache.Builder from, GpuProfileStore profiles) {
        CacheSettings settings = from.settings;
        try {
            return FigureColumns.open(settings.figuresFile(), settings.maxEndpoints(), from.clock,
                    settings.gaugesMaxAgeNanos(), profiles);
        } catch (IOException e) {
            throw new InvalidSettingsException(List.of(CacheSettings.FIGURES_FILE.name() + ": " + e.getMessage()));
        }
    }

    // ---- who starts and closes the cache

    /** Learns what must be known before the first fleet is published. */
    void load() {
        if (profileAgent != null) {
            profileAgent.load();
        }
    }

    /** Starts the threads. */
    void begin(AgentThreads started) {
        if (profileAgent != null) {
            started.run(profileAgent, profileAgent::restNanos);
        }
        EngineMetricsThread asking = from.engineMetrics == null ? null : EngineMetricsThread.of(from.engineMetrics,
                new ScrapeAgent.Parts(fleet, figures, proxy, from.engineMetrics.access(), from.clock, from.metrics));
        if (asking != null) {
            engineMetrics = asking;
            started.run(asking, asking::restNanos);
        }
        trace(started);
        if (replicas != null) {
            started.run(replicas, replicas::restNanos);
        }
        if (kvEvents != null) {
            started.run(kvEvents, kvEvents::restNanos);
        }
        threads = started;
    }

    /** Traces as soon as there is something to collect. */
    private void trace(AgentThreads started) {
        TraceAgent agent = traces == null ? null : traces.begin(traced);
        if (agent != null) {
            started.run(agent, agent::restNanos);
        }
    }

    /** Gives back the memory of the columns, when the threads have ended. */
    void end() {
        figures.close();
    }

    // ---- lb-cache

    /** What {@code lb-cache} does for these parts, once the fleet is published; how much work that was. */
    int doWork() {
        AgentThreads started = threads;
        if (started != null) {
            trace(started);
        }
        return ejections.doWork() + rates.doWork() + history.look();
    }

    /** How long there is nothing to do for these parts. */
    long restNanos() {
        return Math.min(ejections.restNanos(), rates.restNanos());
    }

    // ---- any thread

    FigureColumns figures() {
        return figures;
    }

    GpuProfileStore profiles() {
        return profiles;
    }

    /** What is wrong with the file of GPU profiles; empty where there is none. */
    List<FileError> profileErrors() {
        return profileAgent == null ? List.of() : profileAgent.errors();
    }

    /** What is shared with replicas; null where nothing is. */
    @Nullable ReplicaAgent replicas() {
        return replicas;
    }

    /** Hears what engines tell of their KV caches; null where nobody shall. */
    @Nullable KvEventAgent kvEvents() {
        return kvEvents;
    }

    Pins pins() {
        return pins;
    }

    TrackedRequests tracker() {
        return tracker;
    }

    List<TraceWindow> traces() {
        return traces == null ? List.of() : traces.windows();
    }

    FleetHistory history() {
        return history;
    }

    EndpointHealth health() {
        return health;
    }

    /** Why there are no metrics of an endpoint, or null where there are, or where nobody has asked. */
    @Nullable String metricsTrouble(PodView endpoint) {
        EngineMetricsThread asking = engineMetrics;
        return asking == null ? null : asking.trouble(endpoint);
    }
}
