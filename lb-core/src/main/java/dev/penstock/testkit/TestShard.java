package dev.penstock.testkit;

import dev.penstock.core.engine.CandidateRules;
import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineListeners;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.LabelSelector;
import dev.penstock.core.engine.Pipeline;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.HeldRequests;
import dev.penstock.core.port.SentPrompts;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One shard with the routing engine of production; its fleet, figures and clock are in the test's hands. Nothing
 * happens by itself: the shard is served when the test calls {@link #serve}, {@link #route} or {@link #advance}.
 *
 * <p>Confined to the test's thread; only routers under test may answer from other threads, as in production.
 */
public final class TestShard implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration QUEUE_DEADLINE = Duration.ofSeconds(60);

    private final HandClock clock = new HandClock();
    private final FakeFleet fleet = new FakeFleet();
    private final FakeForecasts forecasts = new FakeForecasts();
    private final FakeLoad load = new FakeLoad(forecasts.forecasts().profiles(), clock);
    private final FakeHealth health = new FakeHealth();
    private final Counters counters = new Counters();
    private final ManualMailbox mailbox = new ManualMailbox(clock);
    private final List<Routed> unanswered = new ArrayList<>();
    private final StrategyCatalog strategies;
    private final RoutingEngine engine;
    private @Nullable StrategyExpression shadow;
    private final AtomicInteger held = new AtomicInteger();
    private final EngineMetrics engineMetrics = new EngineMetrics(counters, clock::nanoTime);

    TestShard(long seed, Set<String> quarantined, StrategyCatalog strategies) {
        this.strategies = strategies;
        this.engine = new RoutingEngine(new EngineContext(0, fleet.source(), load.figures(), health,
                forecasts.forecasts(), new EngineListeners(this::hold, SentPrompts.UNHEARD), this.strategies,
                engineMetrics, seed), mailbox, 0, quarantined);
        fleet.source().onPublish(mailbox::snapshotChanged);
    }

    /** A shard with the routers of some providers, their settings at the defaults, and no pods yet. */
    public static TestShard of(RouterProvider... providers) {
        Builder builder = builder();
        for (RouterProvider provider : providers) {
            builder.router(provider);
        }
        return builder.build();
    }

    /** For a shard with settings, or with other random numbers. */
    public static Builder builder() {
        return new Builder();
    }

    /** What a shard is made of. Confined to one thread. */
    public static final class Builder {

        private final List<Strategy> strategies = new ArrayList<>();
        private final List<Pipeline> pipelines = new ArrayList<>();
        private long seed = 1;

        private Builder() {}

        /**
         * Seeds the random numbers that routers get; 1 by default. The same seed gives the same choices.
         *
         * @return this
         */
        public Builder seed(long number) {
            seed = number;
            return this;
        }

        /**
         * Adds the routers of a provider, with their settings at the defaults.
         *
         * @return this
         */
        public Builder router(RouterProvider provider) {
            return router(provider, Map.of());
        }

        /**
         * Adds the routers of a provider.
         *
         * @param provider the provider
         * @param settings as the configuration would have them below {@code routers.<strategy>}: texts by name
         * @return this
         * @throws IllegalArgumentException where a setting is unknown or cannot be read; names all of them
         */
        public Builder router(RouterProvider provider, Map<String, String> settings) {
            strategies.add(strategy(provider, settings));
            return this;
        }

        /**
         * Adds a pipeline of routers that were added before, as the configuration would have it below
         * {@code pipelines}.
         *
         * @param name its name, for {@link TestShard#route}
         * @param filters names of filters, in order
         * @param scorers names of scorers and their weights
         * @param picker name of the picker; null for the highest sum
         * @return this
         */
        public Builder pipeline(String name, List<String> filters, Map<String, Integer> scorers,
                @Nullable String picker) {
            Map<Strategy, Integer> weights = new LinkedHashMap<>();
            scorers.forEach((scorer, weight) -> weights.put(added(scorer), weight));
            pipelines.add(Pipeline.of(name, filters.stream().map(this::added).toList(), weights,
                    picker == null ? null : added(picker)));
            return this;
        }

        private Strategy added(String name) {
            return strategies.stream().filter(strategy -> strategy.name().equals(name)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no router " + name + " was added"));
        }

        /** The shard. */
        public TestShard build() {
            return new TestShard(seed, Set.of(), new StrategyCatalog(strategies, pipelines));
        }
    }

    /** The fleet, empty at first. */
    public FakeFleet fleet() {
        return fleet;
    }

    /** The live figures. */
    public FakeLoad load() {
        return load;
    }

    /** GPU profiles and predicted lengths of answers; none at first. */
    public FakeForecasts forecasts() {
        return forecasts;
    }

    /** The clock. Moved here, routers notice when the shard is served next. */
    public HandClock clock() {
        return clock;
    }

    private HeldRequests.Hold hold(String model) {
        held.incrementAndGet();
        return held::decrementAndGet;
    }

    /** Requests that wait in routers: asked about, and neither answered nor canceled. */
    public int held() {
        return held.get();
    }

    /** A pod of the fleet as it is now. */
    public PodView pod(String name) {
        return fleet.pod(name);
    }

    /**
     * Routes {@linkplain FakeRequest#plain a plain request}; its answer must come at once.
     *
     * @param strategy name or expression, for example {@code least-request:2,my-strategy:1}
     */
    public Routed route(String strategy) {
        return route(strategy, FakeRequest.plain());
    }

    /** Routes a request; its answer must come at once. */
    public Routed route(String strategy, FakeRequest request) {
        Routed routed = submit(strategy, request);
        serve();
        if (!routed.answered()) {
            throw new AssertionError(routed + " (one that may be answered later: submit)");
        }
        return routed;
    }

    /** Routes a plain request and ends it, so that it is not in flight any more. */
    public Routed routeAndEnd(String strategy) {
        Routed routed = route(strategy);
        routed.ended();
        return routed;
    }

    /** Gives a request to the shard; routers are asked when it is served next. */
    public Routed submit(String strategy, FakeRequest request) {
        return submit(strategy, request, "", List.of());
    }

    /**
     * Gives a request to the shard; routers are asked when it is served next.
     *
     * @param strategy name or expression
     * @param request the request
     * @param selector which pods may be chosen, by their labels, as in the header {@code external-filter}; empty for
     * all
     * @param excluded which endpoints may not be chosen, because they have failed for this request
     * @throws IllegalArgumentException where strategy or selector cannot be read
     */
    public Routed submit(String strategy, FakeRequest request, String selector, List<PodView> excluded) {
        LabelSelector filter = selector.isEmpty() ? null : selector(selector);
        return submit(strategy, request, CandidateRules.of(filter, 0), excluded);
    }

    /** The same for rules that may say more than a selector. */
    Routed submit(String strategy, FakeRequest request, @Nullable CandidateRules rules, List<PodView> excluded) {
        StrategyExpression expression = expression(strategy);
        Duration patience = expression.queues() ? QUEUE_DEADLINE : DEADLINE;
        Routed routed = new Routed(request, owner -> new RoutingAttempt(request, expression, rules, excluded, 0,
                clock.nanoTime() + patience.toNanos(), owner).shadowedBy(shadow));
        unanswered.add(routed);
        mailbox.submit(routed.attempt());
        return routed;
    }

    /** Tells the routers of a change in an endpoint's KV cache, when the shard is served next. */
    public void kvEvent(KvEvent event) {
        mailbox.submit(event);
    }

    /**
     * Serves what waits: later answers, ends, requests, changes of the fleet, wake-ups that are due.
     *
     * @return true; false only in tests of the engine itself, where the shard was taken away
     */
    public boolean serve() {
        boolean held = engine.serve(mailbox, clock.nanoTime());
        unanswered.removeIf(Routed::answered);
        return held;
    }

    /**
     * Lets time pass: moves the clock and serves the shard. Requests whose router has not answered within 5 s, or 60 s
     * where its provider says that it {@linkplain RouterProvider#queues queues}, get what they get in production: the
     * fallback's choice.
     */
    public void advance(Duration by) {
        clock.advance(by);
        serve();
        for (Routed routed : List.copyOf(unanswered)) {
            RoutingAttempt again = routed.expire(clock.nanoTime(), DEADLINE);
            if (again != null) {
                mailbox.submit(again);
            }
        }
        serve();
    }

    /** How long it is until a router wants to be woken; null where none does. */
    public @Nullable Duration nextWakeUp() {
        long at = mailbox.wakeAtNanos();
        return at == Long.MAX_VALUE ? null : Duration.ofNanos(Math.max(0, at - clock.nanoTime()));
    }

    /** Value of a counter that a router asked its environment for; 0 where nobody did. */
    public long counter(String strategy, String event) {
        return counters.value("penstock_router_events", "strategy", strategy, "event", event);
    }

    /** How many requests for a model wait in routers, as they have told their environment. */
    public int queued(String model) {
        return engineMetrics.queued(model);
    }

    /** What a router has told last of a {@linkplain dev.penstock.spi.RouterEnvironment#level level}; 0 for nothing. */
    public long level(String strategy, String name) {
        return engineMetrics.level(strategy, name);
    }

    /** How many calls of a strategy's routers threw or gave an invalid answer. */
    public long failures(String strategy) {
        return counters.value("penstock_router_failures", "strategy", strategy);
    }

    /** How often the fallback chose, by {@linkplain Routed#fallbackReason reason}. */
    public long fallbacks(String reason) {
        return counters.value("penstock_router_fallback", "reason", reason);
    }

    /** Closes the routers, as at the end of the process. */
    @Override
    public void close() {
        engine.close();
    }

    static Strategy strategy(RouterProvider provider, Map<String, String> settings) {
        PluginSettings read = PluginSettings.read(provider.name(), provider.settings(), settings);
        return Strategy.of(provider, read, true, "test");
    }

    /** From now on a strategy decides as well, and is not used; empty for none. */
    void shadow(String strategy) {
        shadow = strategy.isEmpty() ? null : expression(strategy);
    }

    FakeHealth health() {
        return health;
    }

    Counters counters() {
        return counters;
    }

    EngineMetrics engineMetrics() {
        return engineMetrics;
    }

    ManualMailbox mailbox() {
        return mailbox;
    }

    RoutingEngine engine() {
        return engine;
    }

    StrategyCatalog strategies() {
        return strategies;
    }

    private StrategyExpression expression(String strategy) {
        StrategyExpression parsed = strategies.parse(strategy);
        if (parsed == null) {
            throw new IllegalArgumentException("strategy: " + strategy + " (expected: one of " + strategies.names()
                    + ", or scorers with weights)");
        }
        return parsed;
    }

    private static LabelSelector selector(String text) {
        LabelSelector parsed = LabelSelector.parse(text);
        if (parsed == null) {
            throw new IllegalArgumentException("selector: " + text + " (expected: such as tier=gold,zone in (a,b))");
        }
        return parsed;
    }
}
