package dev.penstock.cache;

import dev.penstock.cache.discovery.Discovery;
import dev.penstock.cache.discovery.FileDiscovery;
import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.discovery.FleetFile;
import dev.penstock.cache.discovery.InvalidFleetException;
import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.figures.SlotColumns;
import dev.penstock.cache.gpu.GpuProfileSettings;
import dev.penstock.cache.gpu.GpuProfileStore;
import dev.penstock.cache.health.EndpointHealth;
import dev.penstock.cache.kubernetes.KubernetesDiscovery;
import dev.penstock.cache.kubernetes.KubernetesSettings;
import dev.penstock.cache.kvevents.KvEventAgent;
import dev.penstock.cache.kvevents.KvEventSettings;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.replica.ReplicaAgent;
import dev.penstock.cache.replica.ReplicaSettings;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.snapshot.FleetLedger;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.SlotTable;
import dev.penstock.cache.trace.TraceSettings;
import dev.penstock.cache.trace.TraceWindow;
import dev.penstock.cache.tracking.TrackedRequests;
import dev.penstock.core.config.HealthSettings;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.port.FleetTimes;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Pins;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the load balancer knows of its fleet: snapshots, live figures, requests, and where responses are held. Any
 * thread; the thread {@code lb-cache} alone writes the snapshots.
 */
public final class FleetCache implements SnapshotSource, AutoCloseable {

    private static final int COMMANDS = 4096;

    private final CacheRole role;
    private final NanoClock clock;
    private final CacheProxy proxy = new CacheProxy(COMMANDS);
    private final FleetAgent agent;
    private final CacheThread thread;
    private final FleetDirectory directory;
    private final @Nullable GatewayParts gateway;
    private final FirstFleet first = new FirstFleet();
    private final List<Discovery> sources = new ArrayList<>();
    private final AgentThreads threads = new AgentThreads();

    private FleetCache(Builder from) {
        CacheSettings settings = from.settings;
        role = from.role;
        clock = from.clock;
        // First: what throws here must leave nothing behind.
        Path file = from.file();
        GpuProfileStore profiles = role == CacheRole.GATEWAY ? new GpuProfileStore() : null;
        FigureColumns figures = profiles == null ? null : GatewayParts.columns(from, profiles);
        SlotTable slots = new SlotTable(settings.maxEndpoints(), from.shards,
                figures == null ? SlotColumns.NONE : figures);
        agent = new FleetAgent(proxy, new FleetLedger(slots, from.shards, settings.groupBy()), slots, clock,
                AgentThreads.errors("lb-cache"));
        directory = new FleetDirectory(agent);
        gateway = profiles == null || figures == null ? null
                : new GatewayParts(from, profiles, figures, agent, proxy);
        thread = new CacheThread(agent, gateway);
        if (file != null) {
            sources.add(new FileDiscovery(file, from.scope, proxy, clock, settings.discoveryIntervalNanos(),
                    from.pools));
        }
        if (from.kubernetes.enabled()) {
            sources.add(KubernetesDiscovery.of(from.kubernetes, settings.groupBy(), proxy, clock, from.metrics));
        }
    }

    /** Begins to describe a cache for a role. */
    public static Builder builder(CacheRole role) {
        return new Builder(role);
    }

    /** Describes a cache. Confined to its caller. */
    public static final class Builder {

        // Read by GatewayParts, too.
        CacheSettings settings = CacheSettings.defaults();
        GpuProfileSettings gpuProfiles = GpuProfileSettings.defaults();
        NanoClock clock = NanoClock.SYSTEM;
        TraceSettings traces = TraceSettings.OFF;
        Supplier<TraceSteps> traceSteps = () -> TraceSteps.ALL_ON;
        Supplier<HealthSettings> health;
        Metrics metrics = Metrics.NONE;
        @Nullable EngineMetricsSettings engineMetrics;
        @Nullable Redis redis;
        ReplicaSettings replicas = ReplicaSettings.defaults();
        KvEventSettings kvEvents = KvEventSettings.OFF;
        private final CacheRole role;
        private int shards = 1;
        private FleetSpec fleet = new FleetSpec(List.of(), List.of());
        private @Nullable Path modelsFile;
        private FleetFile.Scope scope = FleetFile.Scope.WHOLE;
        private Supplier<Set<String>> pools = Set::of;
        private KubernetesSettings kubernetes = KubernetesSettings.defaults();

        private Builder(CacheRole role) {
            this.role = role;
            HealthSettings defaults = HealthSettings.defaults();
            this.health = () -> defaults;
        }

        /** The settings; the defaults if not called. */
        public Builder settings(CacheSettings value) {
            settings = value;
            return this;
        }

        /** Where GPU profiles come from; nowhere if not called. */
        public Builder gpuProfiles(GpuProfileSettings value) {
            gpuProfiles = value;
            return this;
        }

        /** The clock; that of the machine if not called. */
        public Builder clock(NanoClock value) {
            clock = value;
            return this;
        }

        /**
         * Traces of requests; there are none if not called.
         *
         * @param value whether there are, and how long they are kept
         * @param steps what is collected, as it is now
         */
        public Builder traces(TraceSettings value, Supplier<TraceSteps> steps) {
            traces = value;
            traceSteps = steps;
            return this;
        }

        /** When endpoints get no requests, as it is now; the defaults if not called. */
        public Builder health(Supplier<HealthSettings> value) {
            health = value;
            return this;
        }

        /** Where it counts; nowhere if not called. */
        public Builder metrics(Metrics value) {
            metrics = value;
            return this;
        }

        /** Where the gauges of engines come from; from nowhere if not called. Of a gateway only. */
        public Builder engineMetrics(EngineMetricsSettings value) {
            engineMetrics = value;
            return this;
        }

        /** Redis, where there is one: what replicas share is kept there. Stays open; none if not called. */
        public Builder redis(@Nullable Redis value) {
            redis = value;
            return this;
        }

        /** What is shared with other processes on the same Redis; the defaults if not called. Of a gateway only. */
        public Builder replicas(ReplicaSettings value) {
            replicas = value;
            return this;
        }

        /** Which engines are heard telling of their KV caches; none if not called. Of a gateway only. */
        public Builder kvEvents(KvEventSettings value) {
            kvEvents = value;
            return this;
        }

        /** Number of shards, each of which acknowledges the fleets that it has seen; 1 if not called. */
        public Builder shards(int value) {
            shards = value;
            return this;
        }

        /**
         * A file that lists models, looked at again and again; instead of the setting {@code discovery.file}.
         *
         * @param file the file
         * @param otherKeys whether it is the main configuration file, of which the list is a part
         */
        public Builder modelsFile(Path file, FleetFile.Scope otherKeys) {
            modelsFile = file;
            scope = otherKeys;
            return this;
        }

        /** Names of the pools that models of a file may name; those of the file itself if not called. Any thread. */
        public Builder pools(Supplier<Set<String>> value) {
            pools = value;
            return this;
        }

        /** Which pods of Kubernetes are looked at; none if not called. */
        public Builder kubernetes(KubernetesSettings value) {
            kubernetes = value;
            return this;
        }

        /** Pods and models that are there from the start, of no file. */
        public Builder fleet(FleetSpec value) {
            fleet = value;
            return this;
        }

        private @Nullable Path file() {
            if (settings.discoveryFile().isEmpty()) {
                return modelsFile;
            }
            if (modelsFile != null) {
                throw new InvalidSettingsException(List.of(modelsFile + ": models are listed here, but "
                        + CacheSettings.DISCOVERY_FILE.name() + " names " + settings.discoveryFile()));
            }
            return Path.of(settings.discoveryFile());
        }

        /**
         * Makes the cache, learns the fleet and publishes it, and starts the threads that the role needs.
         *
         * @throws InvalidFleetException where the file that lists models, or the kubeconfig file, is missing or wrong
         * @throws InvalidSettingsException where two files are named, the figures file cannot be made, or the file of
         *     GPU profiles is missing or wrong
         */
        public FleetCache start() {
            FleetCache cache = new FleetCache(this);
            try {
                cache.begin(fleet);
            } catch (RuntimeException e) {
                cache.close();
                throw e;
            }
            return cache;
        }
    }

    private void begin(FleetSpec fleet) {
        if (!fleet.isEmpty()) {
            proxy.offer(new CacheCommand.PodsReplaced("start", fleet));
        }
        sources.forEach(Discovery::load);
        if (gateway != null) {
            gateway.load();
        }
        // By this thread, before the agent's own takes over: whoever holds a cache holds its first fleet.
        thread.doWork();
        threads.run(thread, thread::restNanos);
        sources.forEach(source -> threads.run(source, source::restNanos));
        if (gateway != null) {
            gateway.begin(threads);
        }
    }

    // ---- the fleet

    @Override
    public Fleet current() {
        return agent.current();
    }

    @Override
    public void acknowledge(int shard, long version) {
        agent.acknowledge(shard, version);
    }

    @Override
    public void onPublish(Runnable listener) {
        agent.onPublish(listener);
    }

    /**
     * What is missing before the fleet is whole for the first time, for a person: a source such as Kubernetes may be
     * away at the start. Null once all that the sources knew first is published, and from then on.
     */
    public @Nullable String awaited() {
        for (Discovery source : sources) {
            String missing = source.awaited();
            if (missing != null) {
                return missing;
            }
        }
        return first.published(proxy.posted(), agent.settled()) ? null : "the first fleet is not published yet";
    }

    /** Where further sources post what they know. */
    public CacheProxy proxy() {
        return proxy;
    }

    /** Whether a model, adapter or alias of this name is served. */
    public boolean hasModel(String model) {
        return directory.hasModel(model);
    }

    /** Names of all models, adapters and aliases, in order. */
    public List<String> models() {
        return directory.models();
    }

    /**
     * The endpoints that serve a model, ready or not, by group.
     *
     * @throws UnknownModelException where there is no such model
     */
    public Candidates podsByModel(String model) {
        return directory.podsByModel(model);
    }

    /**
     * Names of the models, adapters and aliases that a pod serves, in order.
     *
     * @throws UnknownPodException where there is no such pod
     */
    public List<String> modelsByPod(String namespace, String name) {
        return directory.modelsByPod(namespace, name);
    }

    /**
     * A pod by name; the endpoint in its lowest slot where it has several.
     *
     * @throws UnknownPodException where there is no such pod
     */
    public PodView pod(String namespace, String name) {
        return directory.pod(namespace, name);
    }

    // ---- requests

    /**
     * The live figures.
     *
     * @throws IllegalStateException where the role keeps none
     */
    public FigureColumns figures() {
        return gateway("figures").figures();
    }

    /**
     * What is measured of pods, by the names of metrics.
     *
     * @throws IllegalStateException where the role keeps none
     */
    public FleetMetrics metrics() {
        return new FleetMetrics(agent, gateway("figures").figures());
    }

    /**
     * Since when models and endpoints are as they are.
     *
     * @throws IllegalStateException where the role keeps none
     */
    public FleetTimes times() {
        return gateway("times").history();
    }

    /**
     * Counts the requests of each model.
     *
     * @throws IllegalStateException where the role keeps none
     */
    public TrackedRequests tracker() {
        return gateway("requests").tracker();
    }

    /**
     * Which endpoint holds which response.
     *
     * @throws IllegalStateException where the role keeps none
     */
    public Pins pins() {
        return gateway("pins").pins();
    }

    /**
     * Which endpoints are out because they failed.
     *
     * @throws IllegalStateException where the role sends no requests
     */
    public EndpointHealth health() {
        return gateway("health").health();
    }

    /** The traces of the last windows, oldest first; none where requests are not traced. */
    public List<TraceWindow> traces() {
        return gateway == null ? List.of() : gateway.traces();
    }

    /** Why there are no metrics of an endpoint, or null where there are, or where nobody has asked. Any thread. */
    public @Nullable String metricsTrouble(PodView endpoint) {
        return gateway == null ? null : gateway.metricsTrouble(endpoint);
    }

    /**
     * The GPU profiles that are known.
     *
     * @throws IllegalStateException where the role sends no requests
     */
    public GpuProfileStore gpuProfiles() {
        return gateway("GPU profiles").profiles();
    }

    /** What is wrong with the file of GPU profiles; empty where there is none. */
    public List<FileError> gpuProfileErrors() {
        return gateway == null ? List.of() : gateway.profileErrors();
    }

    /** What is shared with other processes on the same Redis; null where nothing is. */
    public @Nullable ReplicaAgent replicas() {
        return gateway == null ? null : gateway.replicas();
    }

    /** Hears what engines tell of their KV caches; null where nobody shall. */
    public @Nullable KvEventAgent kvEvents() {
        return gateway == null ? null : gateway.kvEvents();
    }

    private GatewayParts gateway(String part) {
        if (gateway == null) {
            throw new IllegalStateException("a cache for " + role + " keeps no " + part);
        }
        return gateway;
    }

    // ---- operation

    /** How the cache fares. */
    public CacheState state() {
        return CacheState.of(agent.published(), clock.nanoTime(), proxy.refused(),
                sources.stream().map(Discovery::state).toList());
    }

    /** Ends the threads. The last fleet stays readable, and what is in flight can still be counted down. */
    @Override
    public void close() {
        threads.end();
        if (gateway != null) {
            gateway.end();
        }
    }
}
