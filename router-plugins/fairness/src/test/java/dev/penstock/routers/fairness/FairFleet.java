package dev.penstock.routers.fairness;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** A shard with all routers that are on the class path, found as the host finds them, and pods p1, p2 and so on. */
final class FairFleet {

    static final String VTC = "vtc-basic";
    static final String QUEUE = "fair-queue";

    private FairFleet() {}

    static TestShard of(int pods) {
        return of(pods, Map.of());
    }

    /** With settings of {@code vtc-basic}. */
    static TestShard of(int pods, Map<String, String> settings) {
        return withPods(pods, empty(settings));
    }

    /** With settings of {@code fair-queue}. */
    static TestShard queueing(int pods, Map<String, String> settings) {
        return withPods(pods, shard(QUEUE, settings));
    }

    private static TestShard withPods(int pods, TestShard shard) {
        for (int i = 1; i <= pods; i++) {
            shard.fleet().add("p" + i);
        }
        return shard;
    }

    static TestShard empty(Map<String, String> settings) {
        return shard(VTC, settings);
    }

    private static TestShard shard(String strategy, Map<String, String> settings) {
        TestShard.Builder builder = TestShard.builder().seed(Long.getLong("penstock.test.seed", 1));
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            builder.router(provider, provider.name().equals(strategy) ? settings : Map.of());
        }
        return builder.router(new PairProvider()).build();
    }

    static FakeRequest of(String user) {
        return FakeRequest.plain().withUser(user);
    }

    /** A user has had an answer of so many tokens, which count twice by default. */
    static void use(TestShard shard, String user, long prompt, long answer) {
        Routed routed = shard.route(VTC, of(user));
        routed.firstByte();
        routed.ended(new Usage(prompt, answer));
        shard.serve();
    }

    /** Reports the requests that run at each pod, and lets as much time pass as earlier reports stand. */
    static void running(TestShard shard, double... requests) {
        for (int i = 0; i < requests.length; i++) {
            shard.load().gauge(shard.pod("p" + (i + 1)), Gauge.RUNNING, requests[i]);
        }
        shard.clock().advance(Duration.ofNanos(RunningReports.LIFE_NANOS));
    }

    /** The pods that many requests of a user go to; none of them is ever answered, so they cost him nothing. */
    static Set<String> taken(TestShard shard, String strategy, FakeRequest request) {
        Set<String> taken = new TreeSet<>();
        for (int i = 0; i < 50; i++) {
            Routed routed = shard.route(strategy, request);
            if (routed.fallbackReason() != null) {
                throw new AssertionError(strategy + " did not choose: " + routed);
            }
            taken.add(String.valueOf(routed.pod()));
            routed.ended();
        }
        return taken;
    }

    static Set<String> taken(TestShard shard, String user) {
        return taken(shard, VTC, of(user));
    }
}
