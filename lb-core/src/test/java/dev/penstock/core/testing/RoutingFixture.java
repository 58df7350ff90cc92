package dev.penstock.core.testing;

import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.LabelSelector;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One shard with the real routing engine, its fleet, figures, clock and mailbox in the test's hands. Confined to the
 * test's thread, but for what the parts themselves say.
 */
public final class RoutingFixture {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final HandClock clock = new HandClock();
    private final FakeFleet fleet = new FakeFleet();
    private final FakeFigures figures = new FakeFigures();
    private final FakeHealth health = new FakeHealth();
    private final FakeMetrics metrics = new FakeMetrics();
    private final ManualMailbox mailbox = new ManualMailbox(clock);
    private final StrategyCatalog strategies;
    private final RoutingEngine engine;

    private RoutingFixture(long seed, Set<String> quarantined, List<Strategy> strategies) {
        this.strategies = new StrategyCatalog(strategies);
        this.engine = new RoutingEngine(new EngineContext(0, fleet, figures, health, this.strategies,
                new EngineMetrics(metrics), seed), mailbox, 0, quarantined);
        fleet.onPublish(mailbox::snapshotChanged);
    }

    /** A shard with the routers of some providers, their settings at the defaults. */
    public static RoutingFixture of(RouterProvider... providers) {
        return seeded(1, providers);
    }

    /** The same, with other random numbers. */
    public static RoutingFixture seeded(long seed, RouterProvider... providers) {
        return new RoutingFixture(seed, Set.of(), Arrays.stream(providers).map(RoutingFixture::strategy).toList());
    }

    /** A shard in which some strategies are quarantined. */
    public static RoutingFixture quarantined(Set<String> names, RouterProvider... providers) {
        return new RoutingFixture(1, names, Arrays.stream(providers).map(RoutingFixture::strategy).toList());
    }

    /** A shard with strategies that are made already, their settings included. */
    public static RoutingFixture with(List<Strategy> strategies) {
        return new RoutingFixture(1, Set.of(), strategies);
    }

    private static Strategy strategy(RouterProvider provider) {
        PluginSettings settings = PluginSettings.read(provider.name(), provider.settings(), Map.of());
        return Strategy.of(provider, settings, true, "test");
    }

    /** The fleet, empty at first. */
    public FakeFleet fleet() {
        return fleet;
    }

    /** The live figures. */
    public FakeFigures figures() {
        return figures;
    }

    /** Which endpoints are out; none at first. */
    public FakeHealth health() {
        return health;
    }

    /** The clock. */
    public HandClock clock() {
        return clock;
    }

    /** What was counted. */
    public FakeMetrics metrics() {
        return metrics;
    }

    /** The mailbox. */
    public ManualMailbox mailbox() {
        return mailbox;
    }

    /** The engine. */
    public RoutingEngine engine() {
        return engine;
    }

    /** The strategies. */
    public StrategyCatalog strategies() {
        return strategies;
    }

    /** A pod of the fleet as it is now. */
    public PodView pod(String name) {
        return fleet.pod(name);
    }

    /** Serves what waits; false where the shard is lost. */
    public boolean serve() {
        return engine.serve(mailbox, clock.nanoTime());
    }

    /** Routes a plain request; its answer must come at once. */
    public Outcome route(String strategy) {
        return route(strategy, FakeRequest.plain());
    }

    /** Routes a request; its answer must come at once. */
    public Outcome route(String strategy, FakeRequest request) {
        Submitted submitted = submit(strategy, request);
        serve();
        return submitted.outcome();
    }

    /** Routes a plain request and ends it, so that it is not in flight any more. */
    public Outcome routeAndEnd(String strategy) {
        Outcome outcome = route(strategy);
        outcome.attempt().ended(Usage.UNKNOWN);
        return outcome;
    }

    /** Puts a request into the mailbox. */
    public Submitted submit(String strategy, FakeRequest request) {
        return submit(strategy, request, "", List.of());
    }

    /**
     * Puts a request into the mailbox.
     *
     * @param strategy name or expression
     * @param request the request
     * @param selector which pods may be chosen, by their labels; empty for all
     * @param excluded which endpoints may not be chosen
     */
    public Submitted submit(String strategy, FakeRequest request, String selector, List<PodView> excluded) {
        List<Outcome> outcomes = new ArrayList<>();
        LabelSelector filter = selector.isEmpty() ? null : Objects.requireNonNull(LabelSelector.parse(selector));
        RoutingAttempt attempt = new RoutingAttempt(request, expression(strategy), filter, excluded, 0,
                clock.nanoTime() + DEADLINE.toNanos(), answered -> outcomes.add(Outcome.of(answered)));
        mailbox.submit(attempt);
        return new Submitted(attempt, outcomes);
    }

    private StrategyExpression expression(String strategy) {
        return Objects.requireNonNull(strategies.parse(strategy), () -> "strategy: " + strategy + " (expected: one of "
                + strategies.names() + ", or scorers with weights)");
    }
}
