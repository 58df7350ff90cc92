package dev.penstock.routers.slo;

import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Targets;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** A shard with all routers of this plugin, found as the host finds them, and pods {@code p1}, {@code p2}, … */
final class SloFleet implements AutoCloseable {

    static final String SLO = "slo";
    static final String PUSH = "slo-least-load";
    static final String PULLING = "slo-least-load-pulling";
    static final String PACK = "slo-pack-load";

    /** A whole request within 10 s. */
    static final Targets WITHIN_TEN_SECONDS = new Targets(99, 0, 0, 10, 0, 0, 0);

    private final TestShard shard;

    private SloFleet(TestShard shard) {
        this.shard = shard;
    }

    static SloFleet of(int pods) {
        return of(pods, Map.of());
    }

    /** With settings, the same ones for all strategies. */
    static SloFleet of(int pods, Map<String, String> settings) {
        TestShard.Builder builder = TestShard.builder().seed(Long.getLong("penstock.test.seed", 1));
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            builder.router(provider, new HashMap<>(settings));
        }
        SloFleet made = new SloFleet(builder.build());
        for (int i = 1; i <= pods; i++) {
            made.shard.fleet().add("p" + i);
        }
        made.shard.serve();
        return made;
    }

    TestShard shard() {
        return shard;
    }

    /** Puts pods into a group. */
    SloFleet group(String group, String... pods) {
        for (String pod : pods) {
            shard.fleet().group(pod, group);
        }
        shard.serve();
        return this;
    }

    /** Each request of whatever length takes this share of a pod of no group, and 1 s; targets of 10 s. */
    SloFleet share(double share) {
        return profile(profile("", share, 1, WITHIN_TEN_SECONDS));
    }

    SloFleet profile(GpuProfile profile) {
        shard.forecasts().profile(profile);
        return this;
    }

    /** A profile of one cell. */
    static GpuProfile profile(String group, double share, double e2eSeconds, Targets targets) {
        return profile(group, Map.of(Measure.THROUGHPUT, share == 0 ? 0 : 1 / (share * e2eSeconds),
                Measure.E2E, e2eSeconds, Measure.TTFT, e2eSeconds / 10, Measure.TPOT, e2eSeconds / 100), targets);
    }

    /** A profile of one cell with some measures. */
    static GpuProfile profile(String group, Map<Measure, Double> cells, Targets targets) {
        Map<Measure, GpuProfile.Table> tables = new EnumMap<>(Measure.class);
        cells.forEach((measure, value) -> tables.put(measure, GpuProfile.Table.of(new double[][] {{value}})));
        return new GpuProfile(FakeFleet.MODEL, group, 1, 1, GpuProfile.Axis.of(8), GpuProfile.Axis.of(8), tables,
                targets);
    }

    /** A request that comes now. */
    FakeRequest request(String id) {
        return FakeRequest.plain().withId(id).withArrivalNanos(shard.clock().nanoTime());
    }

    /** The same with a prompt of so many tokens. */
    FakeRequest request(String id, long promptTokens) {
        return request(id).withTokens(new int[(int) promptTokens]);
    }

    /** Sends a request; it may have to wait. */
    Routed submit(String strategy, FakeRequest request) {
        Routed routed = shard.submit(strategy, request);
        shard.serve();
        return routed;
    }

    Routed submit(FakeRequest request) {
        return submit(SLO, request);
    }

    void end(Routed routed) {
        routed.firstByte();
        routed.ended();
        shard.serve();
    }

    long count(String event) {
        return shard.counter(SLO, event);
    }

    @Override
    public void close() {
        shard.close();
    }
}
