package dev.penstock.server;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.CacheSettings;
import dev.penstock.cache.EngineMetricsSettings;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.discovery.DiscoveryState;
import dev.penstock.cache.gpu.GpuProfileFile;
import dev.penstock.cache.gpu.GpuProfileSettings;
import dev.penstock.cache.keys.KeyRing;
import dev.penstock.cache.keys.KeySettings;
import dev.penstock.cache.kubernetes.KubernetesSettings;
import dev.penstock.cache.kvevents.KvEventSettings;
import dev.penstock.cache.limits.LimitSettings;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.cache.replica.ReplicaSettings;
import dev.penstock.cache.scrape.EngineAccess;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.trace.TraceSettings;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineListeners;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.port.Forecasts;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.accesslog.AccessLog;
import dev.penstock.server.admin.AdminPage;
import dev.penstock.server.admin.AdminPages;
import dev.penstock.server.admin.AdminServer;
import dev.penstock.server.admin.AdminSite;
import dev.penstock.server.admin.Readiness;
import dev.penstock.server.body.BodyBudget;
import dev.penstock.server.checks.ActiveChecks;
import dev.penstock.server.claims.ClaimSettings;
import dev.penstock.server.config.AccessLogSettings;
import dev.penstock.server.config.EdgeSettings;
import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.config.ShutdownSettings;
import dev.penstock.server.config.TimingSettings;
import dev.penstock.server.disaggregated.PrefillSettings;
import dev.penstock.server.exchange.ClientKeys;
import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Previews;
import dev.penstock.server.exchange.Proxy;
import dev.penstock.server.exchange.ProxyContext;
import dev.penstock.server.explain.ExplainPage;
import dev.penstock.server.mailbox.ShardContext;
import dev.penstock.server.mailbox.ShardSet;
import dev.penstock.server.mailbox.ShardStats;
import dev.penstock.server.metrics.JvmMetrics;
import dev.penstock.server.metrics.PrometheusMetrics;
import dev.penstock.server.tls.ClientTls;
import dev.penstock.server.tokens.TokenizerSettings;
import dev.penstock.server.tokens.Tokenizers;
import dev.penstock.server.upstream.EnginePool;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import io.netty.channel.ChannelHandler;
import io.netty.util.internal.PlatformDependent;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one place where everything is made, from top to bottom, and ended, from bottom to top. Nothing else knows both
 * the cache and the transport.
 */
final class Wiring implements Penstock.Inside {

    private static final Logger LOG = System.getLogger(Wiring.class.getName());
    private static final String WARM_UP = "warming up";
    private static final String SHUTTING_DOWN = "shutting down";
    private static final long RELOAD_SECONDS = 1;

    private final ConfigReload config;
    private final @Nullable Redis redis;
    private final ConfiguredLimits limits;
    private final KeyRing keys;
    private final FleetCache cache;
    private final Installed installed;
    private final ShardSet shards;
    private final BodyBudget budget;
    private final Tokenizers tokenizers;
    private final Proxy proxy;
    private final Readiness readiness = new Readiness(List.of(WARM_UP));
    private final Secrets secrets;
    private final TrafficServer traffic;
    private final ForeignConnections handler;
    private final ActiveChecks checks;
    private final AdminServer admin;
    private final @Nullable WarmUp warmUp;
    private final AccessLog accessLog;
    private final ShutdownSettings shutdown;
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile long leavingSinceNanos;

    private Wiring(Penstock.Parts parts, Configuration configuration, Installed installed) {
        this.installed = installed;
        Settings settings = configuration.settings();
        NanoClock clock = NanoClock.SYSTEM;
        PrometheusMetrics metrics = new PrometheusMetrics();
        JvmMetrics.register(metrics, PlatformDependent::usedDirectMemory);
        config = new ConfigReload(parts.sources(), configuration);
        StrategyCatalog catalog = installed.catalog();
        shutdown = ShutdownSettings.from(settings);

        Undo undo = new Undo();
        try {
            accessLog = undo.add(AccessLog.start(AccessLogSettings.from(settings), metrics, clock, Clock.systemUTC()));
            secrets = undo.add(Secrets.open(parts.sources().folder(), configuration, metrics));
            Pools pools = secrets.pools();
            redis = openRedis(settings, clock, metrics, undo);
            limits = ConfiguredLimits.read(parts.sources().folder(), settings, redis);
            keys = KeyRing.open(KeySettings.from(settings), parts.sources().folder(), redis, clock, metrics);
            cache = undo.add(startCache(parts, configuration, pools, metrics));

            long seed = ThreadLocalRandom.current().nextLong();
            IoThreads ioThreads = new IoThreads();
            EngineMetrics engineMetrics = new EngineMetrics(metrics, clock);
            shards = undo.add(shards(settings, catalog, engineMetrics, ioThreads, metrics, seed));
            begin(cache, shards);

            budget = new BodyBudget(settings.get(ServerSettings.BODY_BUDGET));
            tokenizers = undo.add(installed.tokenizers(configuration, parts,
                    new Tokenizers.Surroundings(metrics, clock, seed)));
            IoTransport transport = IoTransport.of(settings.get(ServerSettings.TRANSPORT));
            proxy = new Proxy(new ProxyContext(shards, cache, cache.health(), catalog, config::live,
                    new ClientKeys(keys, settings.get(KeySettings.FORWARD)),
                    limits.admission(parts.admission(), cache, clock, metrics), cache.tracker(), cache.pins(), budget,
                    metrics, clock, IoTransport.upstream(pools::current, clock),
                    limits(settings, seed, Replicas.prefixSeed(cache, seed)), EdgeSettings.forwarding(settings),
                    tokenizers, ClaimSettings.from(settings), PrefillSettings.from(settings), accessLog,
                    settings.get(TimingSettings.SERVER_TIMING)));
            traffic = undo.add(new TrafficServer(settings, transport, ioThreads, proxy, secrets.listener(),
                    parts.ports().traffic()));
            handler = new ForeignConnections(proxy, ioThreads, Http2Settings.from(settings));
            LoopState checking = proxy.loop(traffic.loop());
            checks = new ActiveChecks(checking.loop(), checking.pool(), cache, cache.health(),
                    () -> config.live().health().checks(), metrics);
            registerGauges(metrics);
            admin = undo.add(startAdmin(settings, site(pages(metrics, engineMetrics)), parts.ports().admin()));
        } catch (RuntimeException e) {
            undo.run();
            throw e;
        }
        readiness.until(cache::awaited);
        readiness.until(keys::awaited);
        admin.executor().scheduleWithFixedDelay(this::look, RELOAD_SECONDS, RELOAD_SECONDS, TimeUnit.SECONDS);
        checks.start();
        int warmUpRequests = settings.get(ServerSettings.WARM_UP);
        if (warmUpRequests == 0) {
            readiness.done(WARM_UP);
        }
        warmUp = warmUpRequests == 0 ? null : WarmUp.begin(parts, warmUpRequests,
                catalog.parse(config.live().strategy()) == null ? null : config.live().strategy(),
                () -> readiness.done(WARM_UP));
    }

    /** Starts the shards, and lets them hear what others know of caches. */
    private static void begin(FleetCache cache, ShardSet shards) {
        shards.start();
        Replicas.tell(cache, shards);
        KvEvents.tell(cache, shards);
    }

    private static ProxyContext.Limits limits(Settings settings, long seed, LongSupplier prefixSeed) {
        return new ProxyContext.Limits(Math.toIntExact(settings.get(EdgeSettings.REQUEST_LINE)),
                Math.toIntExact(settings.get(EdgeSettings.HEADER_BYTES)), settings.get(EdgeSettings.HEADER_COUNT),
                FileDescriptors.connections(settings.get(EdgeSettings.CONNECTIONS)),
                settings.get(EdgeSettings.CONNECTIONS_PER_ADDRESS), seed, prefixSeed);
    }

    private static @Nullable Redis openRedis(Settings settings, NanoClock clock, Metrics metrics, Undo undo) {
        RedisSettings where = RedisSettings.from(settings);
        return where.enabled() ? undo.add(Redis.open(where, clock, metrics)) : null;
    }

    private FleetCache startCache(Penstock.Parts parts, Configuration configuration, Pools pools, Metrics metrics) {
        Settings settings = configuration.settings();
        return ConfiguredFleet.startCache(parts, configuration, CacheRole.GATEWAY, builder -> builder
                .shards(settings.get(ServerSettings.SHARDS)).pools(pools::names)
                .health(() -> config.live().health()).metrics(metrics).redis(redis)
                .replicas(ReplicaSettings.from(settings)).kvEvents(KvEventSettings.from(settings))
                .engineMetrics(EngineMetricsSettings.from(settings, endpoint -> access(pools, endpoint)))
                .traces(TraceSettings.from(settings), () -> config.live().traces()));
    }

    private ShardSet shards(Settings settings, StrategyCatalog catalog, EngineMetrics engineMetrics,
            IoThreads ioThreads, Metrics metrics, long seed) {
        Forecasts forecasts = new Forecasts(cache.tracker(), cache.gpuProfiles());
        EngineListeners listeners = new EngineListeners(cache.tracker(), Replicas.prompts(cache));
        return new ShardSet(new ShardContext(settings.get(ServerSettings.SHARDS),
                shard -> new EngineContext(shard, cache, cache.figures(), cache.health(), forecasts, listeners,
                        catalog, engineMetrics, seed + shard),
                NanoClock.SYSTEM, powerOfTwo(settings.get(ServerSettings.MAILBOX)),
                () -> settings.get(ServerSettings.STALL), ioThreads::current, metrics));
    }

    // ---- configuration

    /** Looks whether files have changed. */
    private void look() {
        config.check(changed -> {
            installed.require(installed.errors(changed.settings()));
            secrets.pools().replace(changed.file().pools());
        });
        secrets.look();
        limits.look();
        keys.look();
        readiness.look();
    }

    /** What is wrong with files as they are now. */
    private List<String> errors() {
        return Stream.of(config.errors(), secrets.errors(), keys.errors(), limits.errors()).flatMap(List::stream)
                .toList();
    }

    /** All settings of the process. */
    static List<Setting<?>> settings() {
        List<Setting<?>> all = new ArrayList<>(ServerSettings.all());
        all.addAll(CacheSettings.ALL);
        all.addAll(EngineMetricsSettings.ALL);
        all.addAll(RedisSettings.ALL);
        all.addAll(LimitSettings.ALL);
        all.addAll(KeySettings.ALL);
        all.addAll(ReplicaSettings.ALL);
        all.addAll(KvEventSettings.ALL);
        all.addAll(TraceSettings.ALL);
        all.addAll(GpuProfileSettings.ALL);
        all.addAll(KubernetesSettings.ALL);
        all.addAll(ClaimSettings.ALL);
        all.addAll(TokenizerSettings.ALL);
        all.addAll(PrefillSettings.ALL);
        return List.copyOf(all);
    }

    static Wiring start(Penstock.Parts parts) {
        return start(parts, true);
    }

    /** One more of the same plugins, that does not say again what is wrong with them. */
    static Wiring startAnother(Penstock.Parts parts) {
        return start(parts, false);
    }

    private static Wiring start(Penstock.Parts parts, boolean warn) {
        Configuration configuration = Configuration.read(parts.sources());
        Installed installed = Installed.load(parts, configuration);
        try {
            installed.require(installed.errors());
            if (warn) {
                installed.warn(configuration.settings());
            }
            parts.sources().surroundings().passedOver(parts.sources().known())
                    .forEach(variables -> LOG.log(Level.WARNING, variables));
            List<String> problems = problems(parts, configuration);
            if (!problems.isEmpty()) {
                throw new InvalidSettingsException(problems);
            }
            FleetSpec fleet = ConfiguredFleet.read(parts, configuration);
            installed.require(installed.errors(configuration.settings()));
            installed.require(ConfiguredFleet.errors(fleet, installed));
            return new Wiring(parts, configuration, installed);
        } catch (RuntimeException e) {
            installed.close();
            throw e;
        }
    }

    /** What is wrong with certificates, keys and tokenizers. */
    private static List<String> problems(Penstock.Parts parts, Configuration configuration) {
        Settings settings = configuration.settings();
        List<String> problems = new ArrayList<>(Secrets.problems(parts.sources().folder(), configuration));
        problems.addAll(KeyRing.problems(KeySettings.from(settings), parts.sources().folder(),
                RedisSettings.from(settings).enabled()));
        problems.addAll(RedisSettings.from(settings).problems());
        problems.addAll(TokenizerSettings.problems(settings, parts.sources().folder()));
        return problems;
    }

    /** Looks at everything, starts nothing; a summary for a person. */
    static String check(Penstock.Parts parts) {
        Configuration configuration = Configuration.read(parts.sources());
        try (Installed installed = Installed.load(parts, configuration)) {
            List<String> errors = new ArrayList<>(installed.everythingWrong());
            errors.addAll(problems(parts, configuration));
            errors.addAll(installed.errors(configuration.settings()));
            errors.addAll(GpuProfileFile.problems(GpuProfileSettings.from(configuration.settings())));
            KubernetesSettings kubernetes = KubernetesSettings.from(configuration.settings());
            errors.addAll(kubernetes.problems());
            int models = 0;
            try {
                ConfiguredLimits.read(parts.sources().folder(), configuration.settings(), null);
            } catch (InvalidSettingsException e) {
                errors.addAll(e.errors());
            }
            try {
                FleetSpec fleet = ConfiguredFleet.read(parts, configuration);
                models = fleet.models().size();
                errors.addAll(ConfiguredFleet.errors(fleet, installed));
            } catch (InvalidSettingsException e) {
                errors.addAll(e.errors());
            }
            if (!errors.isEmpty()) {
                throw new InvalidSettingsException(errors);
            }
            return "models: " + models + (kubernetes.enabled() ? " and those of Kubernetes" : "") + "; strategy "
                    + installed.catalog().orFallback(configuration.live().strategy()).text() + " of "
                    + installed.names();
        }
    }

    private static EngineAccess.Access access(Pools pools, PodView endpoint) {
        EnginePool pool = pools.current().of(endpoint);
        ClientTls tls = pool.tls();
        return new EngineAccess.Access(tls == null ? null : tls::newEngine,
                Objects.toString(pool.authorization(), null));
    }

    // ---- the admin port

    private static AdminServer startAdmin(Settings settings, AdminSite site, boolean listens) {
        if (!listens) {
            return new AdminServer(null, site);
        }
        InetSocketAddress address = TrafficServer.address(settings.get(ServerSettings.ADMIN_HOST),
                settings.get(ServerSettings.ADMIN_PORT), ServerSettings.ADMIN_PORT.name());
        try {
            return new AdminServer(address, site, ExplainPage.MAX_BODY_BYTES);
        } catch (UncheckedIOException e) {
            throw TrafficServer.cannotListen(address, ServerSettings.ADMIN_PORT.name(),
                    Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private Map<String, AdminPage> pages(PrometheusMetrics metrics, EngineMetrics figures) {
        Map<String, AdminPage> pages = new LinkedHashMap<>();
        pages.put("/healthz", AdminPages.health());
        pages.put("/readyz", AdminPages.readiness(readiness));
        pages.put("/metrics", AdminPages.metrics(metrics));
        pages.put("/admin/config", AdminPages.config(config::settings, this::errors));
        pages.put("/admin/plugins", AdminPages.plugins(installed.plugins(), installed.strategies(),
                installed.pipelines(), name -> figures.strategy(name).now(), this::quarantined));
        CachePages.of(cache).forEach(pages::put);
        pages.put(ExplainPage.PATH, ExplainPage.usage());
        return pages;
    }

    private AdminSite site(Map<String, AdminPage> pages) {
        return AdminSite.of(pages).posting(ExplainPage.PATH,
                new ExplainPage(new Previews(proxy.context(), this::timer)));
    }

    private ScheduledExecutorService timer() {
        return admin.executor();
    }

    private Set<String> quarantined() {
        return shards.stats().stream().map(ShardStats::quarantined).flatMap(Set::stream).collect(Collectors.toSet());
    }

    /** What it knows of its fleet, for tests. */
    FleetCache cache() {
        return cache;
    }

    private void registerGauges(PrometheusMetrics metrics) {
        metrics.gauge("penstock_requests_open", "Requests that have begun and not ended.", this::openRequests);
        metrics.gauge("penstock_client_connections_open", "Connections of clients that stand now.",
                () -> proxy.gate().open());
        metrics.gauge("penstock_leases", "Requests between admission and end.", this::leases);
        metrics.gauge("penstock_reservations", "Requests in flight at all endpoints.", this::reservations);
        metrics.gauge("penstock_body_bytes", "Bytes of request bodies that are held.", this::bodyBytes);
        metrics.gauge("penstock_snapshot_version", "Version of the fleet.", () -> cache.current().version());
        metrics.gauge("penstock_snapshot_age_seconds", "Since when the fleet is as it is.",
                () -> cache.state().ageNanos() / 1e9);
        List<DiscoveryState> sources = cache.state().sources();
        for (int i = 0; i < sources.size(); i++) {
            int source = i;
            metrics.gauge("penstock_discovery_age_seconds", "When a source of pods was last found good.",
                    () -> cache.state().goodAgeNanos().get(source) / 1e9, "source", sources.get(i).source());
        }
        metrics.gauge("penstock_endpoints_out", "Endpoints that are ejected, cooling down or probed.",
                () -> cache.health().out());
        metrics.gauge("penstock_health_probes_total", "Requests by which ejected endpoints were probed.",
                () -> cache.health().probes());
    }

    // ---- for tests and embedders

    ChannelHandler handler() {
        return handler;
    }

    int port() {
        return traffic.port();
    }

    /** Whether clients speak TLS. */
    boolean tls() {
        return secrets.listener() != null;
    }

    int adminPort() {
        return admin.port();
    }

    boolean awaitReady(Duration time) throws InterruptedException {
        return readiness.await(time);
    }

    long openRequests() {
        return proxy.open();
    }

    @Override
    public long reservations() {
        Snapshot snapshot = cache.current();
        long sum = 0;
        for (int slot = 0; slot < snapshot.slots(); slot++) {
            PodView endpoint = snapshot.endpoint(slot);
            sum += endpoint == null ? 0 : cache.figures().inFlightLocal(endpoint);
        }
        return sum;
    }

    @Override
    public long leases() {
        return cache.tracker().pending();
    }

    @Override
    public long bodyBytes() {
        return budget.held();
    }

    /** Takes leave: not ready any more, but accepting for a while. Returns at the end of that, or when it is closed. */
    void leave() {
        if (!beginsToLeave()) {
            return;
        }
        LOG.log(Level.INFO, () -> "shutting down: not ready, accepting for "
                + TimeUnit.NANOSECONDS.toMillis(shutdown.delayNanos()) + " ms more; requests: " + openRequests()
                + ", connections: " + traffic.connections());
        traffic.announceEnd();
        try {
            if (closing.await(shutdown.delayNanos(), TimeUnit.NANOSECONDS)) {
                LOG.log(Level.INFO, "shutting down: told to hurry");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean beginsToLeave() {
        if (!leaving.compareAndSet(false, true)) {
            return false;
        }
        leavingSinceNanos = NanoClock.SYSTEM.nanoTime();
        readiness.notBecause(SHUTTING_DOWN);
        return true;
    }

    /** Ends everything, once; from bottom to top: no new requests, running ones to their end, threads, stores. */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        // Who has taken leave wants to know how it goes on.
        Level told = beginsToLeave() ? Level.DEBUG : Level.INFO;
        closing.countDown();
        if (warmUp != null) {
            warmUp.close();
        }
        checks.close();
        traffic.stopAccepting();
        long rest = Math.max(0, shutdown.graceNanos() - (NanoClock.SYSTEM.nanoTime() - leavingSinceNanos));
        LOG.log(told, () -> "shutting down: no new connections, waiting for at most "
                + TimeUnit.NANOSECONDS.toSeconds(rest) + "s; requests: " + openRequests() + ", connections: "
                + traffic.connections());
        long broken = traffic.awaitRequests(rest);
        LOG.log(broken > 0 ? Level.WARNING : told, () -> "shutting down: requests that had to be broken off: "
                + broken);
        traffic.close();
        handler.close();
        tokenizers.close();
        accessLog.close();
        admin.close();
        shards.close();
        cache.close();
        if (redis != null) {
            redis.close();
        }
        installed.close();
        secrets.close();
    }

    private static int powerOfTwo(int atLeast) {
        return atLeast == 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
    }
}
