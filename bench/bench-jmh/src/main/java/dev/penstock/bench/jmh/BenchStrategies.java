package dev.penstock.bench.jmh;

import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.plugin.PluginLoader;
import dev.penstock.spi.RouterProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The routers of the distribution, each an event loop may run. Holds no state. */
final class BenchStrategies {
    /** System property that names the home of the distribution. */
    static final String HOME = "penstock.home";

    private BenchStrategies() {
    }

    static StrategyCatalog catalog() {
        List<Strategy> strategies = new ArrayList<>();
        for (RouterProvider provider : providers()) {
            PluginSettings settings = PluginSettings.read(provider.name(), provider.settings(), Map.of());
            strategies.add(Strategy.of(provider, settings, true, "bench"));
        }
        return new StrategyCatalog(strategies);
    }

    /** Those of the distribution's plugins; on a class path without a distribution, those that are on it. */
    private static List<RouterProvider> providers() {
        String home = System.getProperty(HOME);
        if (home == null) {
            return ServiceLoader.load(RouterProvider.class).stream().map(ServiceLoader.Provider::get).toList();
        }
        return PluginLoader.load(Path.of(home, "plugins")).stream().flatMap(plugin -> plugin.providers().stream())
                .toList();
    }

    /** The provider of a strategy. */
    static RouterProvider provider(String name) {
        return providers().stream().filter(provider -> provider.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no strategy " + name));
    }

    static StrategyExpression named(StrategyCatalog catalog, String name) {
        StrategyExpression expression = catalog.parse(name);
        if (expression == null) {
            throw new IllegalArgumentException("router: " + name + " (expected: one of " + catalog.names() + ")");
        }
        return expression;
    }

    static EngineContext engine(BenchFleet fleet, StrategyCatalog catalog) {
        return new EngineContext(0, fleet.cache(), fleet.cache().figures(), fleet.cache().health(), catalog,
                new EngineMetrics(Metrics.NONE), 1);
    }
}
