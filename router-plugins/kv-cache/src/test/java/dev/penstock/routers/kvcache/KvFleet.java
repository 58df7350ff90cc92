package dev.penstock.routers.kvcache;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.LongStream;

/** A shard with all routers of this plugin, found as the host finds them, and pods {@code p1}, {@code p2}, … */
final class KvFleet implements AutoCloseable {

    /** Tokens in a block of hashes. */
    static final int BLOCK_TOKENS = 32;

    private final TestShard shard;
    private final int pods;

    private KvFleet(TestShard shard, int pods) {
        this.shard = shard;
        this.pods = pods;
        for (int i = 1; i <= pods; i++) {
            shard.fleet().add("p" + i);
        }
        shard.serve();
    }

    static KvFleet of(int pods) {
        return of(pods, Map.of());
    }

    /** With settings by {@code strategy.name}. */
    static KvFleet of(int pods, Map<String, String> settings) {
        TestShard.Builder builder = TestShard.builder().seed(Long.getLong("penstock.test.seed", 1));
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            Map<String, String> own = new HashMap<>();
            settings.forEach((name, value) -> {
                if (name.startsWith(provider.name() + ".")) {
                    own.put(name.substring(provider.name().length() + 1), value);
                }
            });
            builder.router(provider, own);
        }
        return new KvFleet(builder.router(new PairProvider()).build(), pods);
    }

    TestShard shard() {
        return shard;
    }

    PodView pod(int number) {
        return shard.pod("p" + number);
    }

    /** All pods have KV caches of some blocks of hashes. */
    KvFleet capacity(int blocks) {
        for (int i = 1; i <= pods; i++) {
            capacity(i, blocks);
        }
        return this;
    }

    KvFleet capacity(int number, int blocks) {
        shard.load().gauge(pod(number), Gauge.KV_BLOCKS, blocks * 2.0);
        shard.load().gauge(pod(number), Gauge.KV_BLOCK_TOKENS, BLOCK_TOKENS / 2.0);
        return this;
    }

    /** Requests that other balancers have in flight, by pod. */
    KvFleet inFlight(int... counts) {
        for (int i = 0; i < counts.length; i++) {
            shard.load().inFlight(pod(i + 1), counts[i]);
        }
        return this;
    }

    /** A prompt of some blocks, whose hashes are {@code first} and those after it: a short one begins longer ones. */
    static FakeRequest prompt(long first, int blocks) {
        return FakeRequest.plain().streaming().withBodyBytes(blocks * 128L)
                .withPrefixHashes(LongStream.range(first, first + blocks).toArray());
    }

    /** A prompt runs at a pod and ends there, so that its blocks are cached. */
    KvFleet cached(int number, long first, int blocks) {
        Routed routed = sent(number, prompt(first, blocks));
        routed.firstByte();
        routed.ended();
        shard.serve();
        return this;
    }

    /** A replica tells that it has sent a prompt to a pod; only a strategy that was asked already hears of it. */
    KvFleet sentElsewhere(int number, long first, int blocks, long tokens) {
        shard.kvEvent(new KvEvent.Expected(pod(number), LongStream.range(first, first + blocks).toArray(), tokens));
        shard.serve();
        return this;
    }

    /** A prompt is sent to a pod, and runs. */
    Routed sent(int number, FakeRequest prompt) {
        List<PodView> others = new ArrayList<>();
        for (int i = 1; i <= pods; i++) {
            if (i != number) {
                others.add(pod(i));
            }
        }
        Routed routed = shard.submit("prefix-match", prompt, "", others);
        shard.serve();
        return routed;
    }

    /** The pod that a strategy chooses for a prompt, and that answers it. */
    String answered(String strategy, FakeRequest prompt) {
        Routed routed = shard.route(strategy, prompt);
        routed.firstByte();
        routed.ended();
        shard.serve();
        return String.valueOf(routed.pod());
    }

    /** The pod that a strategy chooses for a prompt, which goes away at once. */
    String choice(String strategy, FakeRequest prompt) {
        Routed routed = shard.route(strategy, prompt);
        if (routed.fallbackReason() != null) {
            throw new AssertionError(routed);
        }
        routed.ended();
        shard.serve();
        return String.valueOf(routed.pod());
    }

    @Override
    public void close() {
        shard.close();
    }
}
