package dev.penstock.routers.load;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** A shard with all routers that are on the class path, found as the host finds them, and pods p1, p2 and so on. */
final class LoadFleet {

    static final double NONE = Double.NaN;

    private LoadFleet() {}

    static List<RouterProvider> providers() {
        return ServiceLoader.load(RouterProvider.class).stream().map(ServiceLoader.Provider::get).toList();
    }

    static TestShard of(int pods) {
        TestShard shard = TestShard.of(providers().toArray(RouterProvider[]::new));
        for (int i = 1; i <= pods; i++) {
            shard.fleet().add("p" + i);
        }
        return shard;
    }

    /** Says one figure of each pod, {@link #NONE} for those without. */
    static void report(TestShard shard, Gauge gauge, double... values) {
        for (int i = 0; i < values.length; i++) {
            shard.load().gauge(shard.pod("p" + (i + 1)), gauge, values[i]);
        }
        renew(shard);
    }

    static void inFlight(TestShard shard, int... requests) {
        for (int i = 0; i < requests.length; i++) {
            shard.load().inFlight(shard.pod("p" + (i + 1)), requests[i]);
        }
    }

    /** Lets as much time pass as routers may go by what they have read before. */
    static void renew(TestShard shard) {
        shard.clock().advance(Duration.ofNanos(Column.LIFE_NANOS));
    }

    /** The pods that many requests go to, one after the other. */
    static Set<String> taken(TestShard shard, String strategy) {
        return taken(shard, strategy, FakeRequest.plain());
    }

    static Set<String> taken(TestShard shard, String strategy, FakeRequest request) {
        Set<String> taken = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            taken.add(pod(shard, strategy, request));
        }
        return taken;
    }

    /** The pod that one request goes to, which ends at once. */
    static String pod(TestShard shard, String strategy, FakeRequest request) {
        Routed routed = shard.route(strategy, request);
        if (routed.fallbackReason() != null) {
            throw new AssertionError(strategy + " did not choose: " + routed);
        }
        routed.ended();
        return String.valueOf(routed.pod());
    }

    static String pod(TestShard shard, String strategy) {
        return pod(shard, strategy, FakeRequest.plain());
    }
}
