package dev.penstock.server.mailbox;

import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.Metrics;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Shards over a {@link TestFleet}, with a clock that stands until it is moved. */
final class TestShards {

    final TestFleet fleet;
    final AtomicLong nanos = new AtomicLong(1_000_000);
    final List<Integer> epochs = new ArrayList<>();
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final List<Strategy> strategies = new ArrayList<>();
    int ringCapacity = 16;
    volatile boolean onLoop;

    TestShards(int pods) {
        fleet = new TestFleet(pods);
    }

    TestShards with(String name, boolean servedOnLoop, Function<RouterEnvironment, Router> create) {
        RouterProvider provider = new RouterProvider() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Router create(RouterEnvironment environment) {
                return create.apply(environment);
            }
        };
        strategies.add(Strategy.of(provider, PluginSettings.read(name, List.of(), Map.of()), servedOnLoop, "test"));
        return this;
    }

    /** The value of a counter by its name and labels, in turn, joined by spaces. */
    long count(String series) {
        AtomicLong count = counts.get(series);
        return count == null ? 0 : count.get();
    }

    private final Metrics metrics = (name, help, labels) -> {
        AtomicLong number = counts.computeIfAbsent(name + " " + String.join(" ", labels), any -> new AtomicLong());
        return new Metrics.Count() {
            @Override
            public void add(long amount) {
                number.addAndGet(amount);
            }

            @Override
            public long value() {
                return number.get();
            }
        };
    };

    ShardContext context(long stallNanos, BooleanSupplier loops, boolean realClock) {
        StrategyCatalog catalog = new StrategyCatalog(strategies);
        EngineMetrics engineMetrics = new EngineMetrics(metrics);
        return new ShardContext(1,
                shard -> new EngineContext(shard, fleet, fleet, Health.UNWATCHED, catalog, engineMetrics, 7),
                realClock ? System::nanoTime : nanos::get, ringCapacity, () -> stallNanos, loops, metrics);
    }

    /** A mailbox without threads, stalled after 1,000 ns. */
    ShardMailbox mailbox() {
        return new ShardMailbox(0, context(1000, () -> onLoop, false), () -> onLoop,
                (shard, epoch) -> epochs.add(epoch));
    }

    /** A mailbox whose shard has seen its first fleet, so that loops may serve it. */
    ShardMailbox begun() {
        ShardMailbox mailbox = mailbox();
        mailbox.serveOnThread();
        return mailbox;
    }

    RoutingAttempt attempt(String strategy, RoutingAttempt.Owner owner) {
        return attempt(strategy, strategy, owner);
    }

    RoutingAttempt attempt(String id, String strategy, RoutingAttempt.Owner owner) {
        return attempt(FakeRequest.plain().withId(id), strategy, owner);
    }

    RoutingAttempt attempt(FakeRequest described, String strategy, RoutingAttempt.Owner owner) {
        StrategyExpression expression = strategy.isEmpty()
                ? StrategyExpression.FALLBACK
                : Objects.requireNonNull(new StrategyCatalog(strategies).parse(strategy));
        FakeRequest request = described.withModel(TestFleet.MODEL);
        return new RoutingAttempt(request, expression, null, List.of(), 0, Long.MAX_VALUE, owner);
    }
}
