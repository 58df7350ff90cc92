package dev.penstock.bench.routing;

import java.util.List;
import java.util.stream.Stream;

/** What is compared: each strategy at its published settings, and a small grid around them. Holds no state. */
final class Strategies {

    /** The strategy that all others are compared with. */
    static final String DEFAULT = "predicted-ttft";

    private static final Strategy STICKY = Strategy.of("sticky-until-saturated");
    private static final Strategy CACHE_AWARE = Strategy.of("cache-aware");
    private static final Strategy PREFIX_CACHE = Strategy.of("prefix-cache");
    private static final Strategy KV_COST_PRODUCT = Strategy.of("kv-cost").with("product", "product", "true");

    private static final Strategy HELD = Strategy.of("predicted-ttft-held");
    private static final Strategy LEAST_LOAD = Strategy.of("least-load");
    private static final Strategy LOAD_BALANCE = Strategy.of("load-balance");
    private static final Strategy STICKY_SESSION = Strategy.of("sticky-session");
    private static final Strategy BOUNDED_HASH = Strategy.of("bounded-hash");
    private static final Strategy FAIR_QUEUE = Strategy.of("fair-queue");
    private static final Strategy SLO = Strategy.of("slo");
    private static final Strategy PREFIX_AND_REQUESTS = Strategy.weighed("prefix-match 1 + least-request 1",
            "prefix-match:1,least-request:1");

    private Strategies() {}

    /** Those of a short run. */
    static List<Strategy> few() {
        return List.of(Strategy.of("round-robin"), Strategy.of("least-request"), LEAST_LOAD, STICKY_SESSION,
                PREFIX_AND_REQUESTS, PREFIX_CACHE, STICKY, CACHE_AWARE, KV_COST_PRODUCT, SLO, Strategy.of(DEFAULT));
    }

    /** All. */
    static List<Strategy> all() {
        return Stream.of(byRequestsAndSessions(), byReports(), weighed(), byUserAndTarget(), byCache(), byDefault())
                .flatMap(List::stream).toList();
    }

    private static List<Strategy> byRequestsAndSessions() {
        Strategy hash = Strategy.of("prefix-hash");
        return List.of(Strategy.of("random"), Strategy.of("round-robin"), Strategy.of("power-of-two"),
                Strategy.of("least-request"), Strategy.of("session-affinity"), STICKY_SESSION,
                BOUNDED_HASH, BOUNDED_HASH.with("2", "load-factor", "2"),
                hash, hash.with("2 blocks", "prefix-blocks", "32"));
    }

    /** By what engines report. */
    private static List<Strategy> byReports() {
        Strategy bucket = Strategy.of("bucket");
        return List.of(LEAST_LOAD, LEAST_LOAD.with("kv 0", "kv-weight", "0"), LEAST_LOAD.with("kv 1", "kv-weight", "1"),
                LOAD_BALANCE, LOAD_BALANCE.with("0.5", "least-share", "0.5"),
                bucket, bucket.with("8/1.5", "balance-abs", "8", "balance-rel", "1.5"),
                Strategy.of("least-latency"), Strategy.of("least-kv-cache"), Strategy.of("least-gpu-cache"),
                Strategy.of("least-utilization"), Strategy.of("least-busy-time"), Strategy.of("throughput"));
    }

    private static List<Strategy> weighed() {
        return List.of(Strategy.weighed("least-request 2 + least-kv-cache 1", "least-request:2,least-kv-cache:1"),
                PREFIX_AND_REQUESTS,
                Strategy.weighed("prefix-match 1 + least-request 2", "prefix-match:1,least-request:2"),
                Strategy.weighed("prefix-match 1 + least-load 2", "prefix-match:1,least-load:2"));
    }

    private static List<Strategy> byUserAndTarget() {
        Strategy vtc = Strategy.of("vtc-basic");
        return List.of(vtc, vtc.with("load 100", "utilization-weight", "100"),
                FAIR_QUEUE, FAIR_QUEUE.with("8", "max-in-flight", "8"), FAIR_QUEUE.with("2", "max-in-flight", "2"),
                SLO, SLO.with("cap 0.5", "cap", "0.5"), SLO.with("cap 2", "cap", "2"),
                Strategy.of("slo-pack-load"), Strategy.of("slo-least-load"));
    }

    private static List<Strategy> byCache() {
        return List.of(PREFIX_CACHE,
                PREFIX_CACHE.with("16/2", "imbalance-requests", "16", "deviation-factor", "2"),
                PREFIX_CACHE.unbounded(),
                Strategy.of("prefix-cache-preble"),
                STICKY,
                STICKY.with("no penalty", "max-ttft-penalty", "1h", "exploration", "0"),
                STICKY.with("16,000", "saturation-tokens", "16000", "exploration", "0"),
                CACHE_AWARE,
                CACHE_AWARE.with(".5/32/1.1", "cache-threshold", "0.5", "balance-abs", "32", "balance-rel", "1.1"),
                CACHE_AWARE.unbounded(),
                Strategy.of("kv-cost"),
                KV_COST_PRODUCT);
    }

    private static List<Strategy> byDefault() {
        return List.of(Strategy.of(DEFAULT).with("plain", "miss-weight", "1", "miss-weight-pending", "0",
                        "eviction-weight", "0", "progress-credit", "false", "shared-branches", "0"),
                Strategy.of(DEFAULT), HELD.with("first come", "short-first", "0"), HELD,
                HELD.with("short first", "short-first", "3"));
    }

    /** Those that are also run where something is not as in the plain simulation. */
    static List<Strategy> inScenarios() {
        return List.of(Strategy.of("least-request"), LEAST_LOAD, LOAD_BALANCE, STICKY, CACHE_AWARE,
                KV_COST_PRODUCT, Strategy.of(DEFAULT), HELD);
    }
}
