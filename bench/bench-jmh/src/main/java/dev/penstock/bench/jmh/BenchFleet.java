package dev.penstock.bench.jmh;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.CacheSettings;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.testkit.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** A real cache whose one model is served by many pods, with some requests in flight at each. Any thread. */
final class BenchFleet implements AutoCloseable {
    static final String MODEL = "llama-3-8b";
    /** A chat of a client with a session key and a name, of 64 blocks. */
    static final RoutingRequest REQUEST = prompt(0);
    private static final int BLOCKS = 64;
    private static final int USERS = 100;
    private static final int MOST_IN_FLIGHT = 16;
    /** What engines tell, a number from 0 to 1 for each. */
    private static final List<Gauge> REPORTED = List.of(Gauge.RUNNING, Gauge.WAITING, Gauge.KV_CACHE_USAGE,
            Gauge.COMPLETION_RATE, Gauge.PROMPT_TOKENS_PER_REQUEST, Gauge.GENERATION_TOKENS_PER_REQUEST,
            Gauge.QUEUE_SECONDS, Gauge.PREFILL_SECONDS, Gauge.DECODE_SECONDS);

    private final FleetCache cache;

    private BenchFleet(FleetCache cache) {
        this.cache = cache;
    }

    /** Such a chat; another number has no block in common with it. */
    static RoutingRequest prompt(int number) {
        long[] hashes = LongStream.rangeClosed(1, BLOCKS).map(block -> (long) number * BLOCKS + block).toArray();
        return FakeRequest.plain().withModel(MODEL).streaming().withSessionKey("a-client-" + number)
                .withUser("a-user-" + number % USERS).withBodyBytes(128 * BLOCKS).withPrefixHashes(hashes);
    }

    static BenchFleet of(int pods) {
        List<PodSpec> specs = new ArrayList<>();
        for (int i = 0; i < pods; i++) {
            specs.add(new PodSpec(new PodIdentity("default", "pod-" + i, "uid-" + i), "10.0." + i / 250 + "." + i % 250,
                    List.of(8000), null, "vllm", true, roles(i), Map.of(), Set.of(MODEL)));
        }
        FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).settings(thatKeepGauges())
                .fleet(new FleetSpec(specs, List.of())).start();
        BenchFleet fleet = new BenchFleet(cache);
        Random random = new Random(1);
        Candidates ready = fleet.ready();
        for (int i = 0; i < ready.size(); i++) {
            PodView pod = ready.get(i);
            cache.figures().addInFlight(pod, random.nextInt(MOST_IN_FLIGHT));
            REPORTED.forEach(gauge -> cache.figures().reportGauge(pod, gauge, random.nextDouble(), System.nanoTime()));
        }
        return fleet;
    }

    /** Rolesets of ten, half of them for prompts: read by a strategy for such pods only. */
    private static Map<String, String> roles(int pod) {
        return Map.of("roleset-name", "set-" + pod / 10, "role-name", pod % 2 == 0 ? "prefill" : "decode");
    }

    /** Nobody reports anew while it runs. */
    private static CacheSettings thatKeepGauges() {
        CacheSettings usual = CacheSettings.defaults();
        return new CacheSettings(usual.discoveryFile(), usual.discoveryIntervalNanos(), usual.groupBy(),
                usual.maxEndpoints(), TimeUnit.DAYS.toNanos(1), usual.figuresFile(), usual.pinsMax(),
                usual.pinsTtlNanos());
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
