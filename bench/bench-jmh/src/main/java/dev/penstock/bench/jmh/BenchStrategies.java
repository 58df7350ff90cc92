package dev.penstock.bench.jmh;

import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.Metrics;
import dev.penstock.spi.RouterProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The routers of the distribution, each an event loop may run. Holds no state. */
final class BenchStrategies {
    private BenchStrategies() {
    }

    static StrategyCatalog catalog() {
        List<Strategy> strategies = new ArrayList<>();
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            PluginSettings settings = PluginSettings.read(provider.name(), provider.settings(), Map.of());
            strategies.add(Strategy.of(provider, settings, true, "bench"));
        }
        return new StrategyCatalog(strategies);
    }

    static StrategyExpression named(StrategyCatalog catalog, String name) {
        StrategyExpression expression = catalog.parse(name);
        if (expression == null) {
            throw new IllegalArgumentException("router: " + name + " (expected: one of " + catalog.names() + ")");
        }
        return expression;
    }

    static EngineContext engine(BenchFleet fleet, StrategyCatalog catalog) {
        return new EngineContext(0, fleet.cache(), fleet.cache().figures(), catalog, new EngineMetrics(Metrics.NONE),
                1);
    }
}
