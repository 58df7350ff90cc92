package dev.penstock.bench.jcstress;

import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Api;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The smallest fleet: a model on a pod, a request for it, a strategy. Immutable. */
final class OnePod {
    static final String STRATEGY = "thinking";
    static final PodView POD = Pod.of(new PodIdentity("default", "pod", "uid"), "127.0.0.1", 8000, 0, 0, "", "vllm",
            true, Map.of(), Map.of());
    static final SnapshotSource SNAPSHOTS = snapshots();
    static final RoutingRequest REQUEST = new Request();

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
        Candidates pods = EndpointList.of(List.of(POD));
        TreeMap<String, ModelView> models = new TreeMap<>();
        models.put("model", new Model("model", "model", pods, pods, 0, null, null));
        Snapshot fleet = new Fleet(1, models, new PodView[][] {{POD}});
        return new SnapshotSource() {
            @Override
            public Snapshot current() {
                return fleet;
            }

            @Override
            public void acknowledge(int shard, long version) {}

            @Override
            public void onPublish(Runnable listener) {}
        };
    }

    private record Request() implements RoutingRequest {
        @Override
        public String id() {
            return "id";
        }

        @Override
        public String model() {
            return "model";
        }

        @Override
        public Api api() {
            return Api.CHAT_COMPLETIONS;
        }

        @Override
        public boolean stream() {
            return true;
        }

        @Override
        public long arrivalNanos() {
            return 0;
        }

        @Override
        public long bodyBytes() {
            return 400;
        }

        @Override
        public long maxTokens() {
            return 10;
        }

        @Override
        public @Nullable String user() {
            return null;
        }

        @Override
        public String prompt() {
            return "prompt";
        }

        @Override
        public long[] prefixHashes() {
            return new long[0];
        }

        @Override
        public int[] tokens() {
            return new int[0];
        }

        @Override
        public @Nullable String sessionId() {
            return null;
        }

        @Override
        public @Nullable String sessionKey() {
            return null;
        }

        @Override
        public int priority() {
            return 0;
        }

        @Override
        public long sloFirstTokenNanos() {
            return 0;
        }

        @Override
        public long sloPerTokenNanos() {
            return 0;
        }

        @Override
        public long retainedBytes() {
            return 0;
        }
    }
}
