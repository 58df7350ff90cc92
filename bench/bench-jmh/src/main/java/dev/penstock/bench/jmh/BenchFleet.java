package dev.penstock.bench.jmh;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A real cache whose one model is served by many pods, with some requests in flight at each. Any thread. */
final class BenchFleet implements AutoCloseable {
    static final String MODEL = "llama-3-8b";
    /** A chat of a client with a session key. */
    static final RoutingRequest REQUEST = FakeRequest.plain().withModel(MODEL).withSessionKey("a-client");
    private static final int MOST_IN_FLIGHT = 16;

    private final FleetCache cache;

    private BenchFleet(FleetCache cache) {
        this.cache = cache;
    }

    static BenchFleet of(int pods) {
        List<PodSpec> specs = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            specs.add(new PodSpec(new PodIdentity("default", "pod-" + i, "uid-" + i), "10.0." + i / 250 + "." + i % 250,
                    List.of(8000), null, "vllm", true, Map.of(), Map.of(), Set.of(MODEL)));
        }
        FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).fleet(new FleetSpec(specs, List.of())).start();
        BenchFleet fleet = new BenchFleet(cache);
        Random random = new Random(1);
        Candidates ready = fleet.ready();
        for (int i = 0; i < ready.size(); i++) {
            cache.figures().addInFlight(ready.get(i), random.nextInt(MOST_IN_FLIGHT));
        }
        return fleet;
    }

    FleetCache cache() {
        return cache;
    }

    /** The endpoints of the model that can take requests. */
    Candidates ready() {
        return cache.podsByModel(MODEL);
    }

    @Override
    public void close() {
        cache.close();
    }
}
