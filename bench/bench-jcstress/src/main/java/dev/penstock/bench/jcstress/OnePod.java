package dev.penstock.bench.jcstress;

import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import java.util.List;
import java.util.Map;

/** The smallest fleet: a model on a pod, a request for it, a strategy. Immutable. */
final class OnePod {
    static final String STRATEGY = "thinking";
    static final RoutingRequest REQUEST = FakeRequest.plain();
    private static final FakeFleet FLEET = new FakeFleet().add("pod");
    static final PodView POD = FLEET.pod("pod");
    static final SnapshotSource SNAPSHOTS = snapshots();

    private OnePod() {}

    /** A strategy that asks {@code router}, and nobody else. */
    static StrategyCatalog thinking(Router router) {
        RouterProvider provider = new RouterProvider() {
            @Override
            public String name() {
                return STRATEGY;
            }

            @Override
            public Router create(RouterEnvironment environment) {
                return router;
            }
        };
        PluginSettings settings = PluginSettings.read(STRATEGY, List.of(), Map.of());
        return new StrategyCatalog(List.of(Strategy.of(provider, settings, true, "jcstress")));
    }

    private static SnapshotSource snapshots() {
        Fleet fleet = EngineParts.snapshots(FLEET).current();
        return new SnapshotSource() {
            @Override
            public Fleet current() {
                return fleet;
            }

            @Override
            public void acknowledge(int shard, long version) {}

            @Override
            public void onPublish(Runnable listener) {}
        };
    }
}
