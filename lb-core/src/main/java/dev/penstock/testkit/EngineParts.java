package dev.penstock.testkit;

import dev.penstock.core.engine.CandidateRules;
import dev.penstock.core.engine.Explanation;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.RoutingEngine;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyFigures;
import dev.penstock.core.port.Figures;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterProvider;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The test kit from inside, for tests of Penstock itself. Not part of what plugin authors get: the build leaves it out
 * of the SDK, because it shows types of the core.
 */
public final class EngineParts {

    private EngineParts() {}

    /** A shard with strategies that are made already, their settings included. */
    public static TestShard shard(List<Strategy> strategies) {
        return new TestShard(1, Set.of(), new StrategyCatalog(strategies));
    }

    /** A shard in which some strategies are quarantined. */
    public static TestShard quarantined(Set<String> names, RouterProvider provider) {
        return new TestShard(1, names, new StrategyCatalog(List.of(TestShard.strategy(provider, Map.of()))));
    }

    /** A shard of a catalog in which some strategies are quarantined. */
    public static TestShard quarantined(Set<String> names, StrategyCatalog catalog) {
        return new TestShard(1, names, catalog);
    }

    /** What strategies of a shard would choose for a request, and why. */
    public static Explanation.Answers explain(TestShard shard, FakeRequest request, @Nullable CandidateRules rules,
            String... strategies) {
        Explanation question = new Explanation(Arrays.stream(strategies)
                .map(text -> Objects.requireNonNull(shard.strategies().parse(text), text)).toList());
        shard.mailbox().submit(RoutingAttempt.explaining(request, rules, question,
                shard.clock().nanoTime() + 1, answered -> { }));
        shard.serve();
        return question.answers();
    }

    /** From now on a strategy decides as well for each request of a shard, and is not used; empty for none. */
    public static void shadow(TestShard shard, String strategy) {
        shard.shadow(strategy);
    }

    /** Value of a counter; 0 where nobody counted. */
    public static long counter(TestShard shard, String name, String... labels) {
        return shard.counters().value(name, labels);
    }

    /** The fleet as an engine sees it. */
    public static SnapshotSource snapshots(FakeFleet fleet) {
        return fleet.source();
    }

    /** The versions of a fleet that engines have acknowledged, in order. */
    public static List<Long> acknowledged(FakeFleet fleet) {
        return fleet.acknowledged();
    }

    /** The figures with the side that counts. */
    public static Figures figures(FakeLoad load) {
        return load.figures();
    }

    /** Which endpoints of a shard are out; none at first. */
    public static FakeHealth health(TestShard shard) {
        return shard.health();
    }

    /** The engine of a shard. */
    public static RoutingEngine engine(TestShard shard) {
        return shard.engine();
    }

    /** How a strategy fares in a shard. */
    public static StrategyFigures.Now figures(TestShard shard, String strategy) {
        return shard.engineMetrics().strategy(strategy).now();
    }

    /** The strategies of a shard. */
    public static StrategyCatalog strategies(TestShard shard) {
        return shard.strategies();
    }

    /** Gives a shard a request that goes to no endpoint with as many requests in flight, or more. */
    public static Routed submit(TestShard shard, String strategy, int mostInFlight, List<PodView> excluded) {
        return shard.submit(strategy, FakeRequest.plain(), CandidateRules.of(null, mostInFlight), excluded);
    }

    /** The attempt behind a request. */
    public static RoutingAttempt attempt(Routed routed) {
        return routed.attempt();
    }

    /** All that was counted, each series as its name, label names and label values in one text. */
    public static Collection<String> series(TestShard shard) {
        return shard.counters().series();
    }

    /** How often code of a plugin was entered. */
    public static int calls(TestShard shard) {
        return shard.mailbox().calls();
    }

    /** Whether nothing of the lifecycle of requests waits for the routers. */
    public static boolean nothingToTell(TestShard shard) {
        return shard.mailbox().pollLifecycle() == null;
    }

    /** From now on the shard belongs to another server. */
    public static void lose(TestShard shard) {
        shard.mailbox().lose();
    }
}
