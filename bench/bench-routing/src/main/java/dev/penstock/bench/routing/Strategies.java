package dev.penstock.bench.routing;

import java.util.List;

/** What is compared: each strategy at its published settings, and a small grid around them. Holds no state. */
final class Strategies {

    /** The strategy that all others are compared with. */
    static final String DEFAULT = "predicted-ttft";

    private static final Strategy STICKY = Strategy.of("sticky-until-saturated");
    private static final Strategy CACHE_AWARE = Strategy.of("cache-aware");
    private static final Strategy PREFIX_CACHE = Strategy.of("prefix-cache");
    private static final Strategy KV_COST_PRODUCT = Strategy.of("kv-cost").with("product", "product", "true");

    private static final Strategy HELD = Strategy.of("predicted-ttft-held");

    private Strategies() {}

    /** Those of a short run. */
    static List<Strategy> few() {
        return List.of(Strategy.of("round-robin"), Strategy.of("least-request"), PREFIX_CACHE, STICKY, CACHE_AWARE,
                KV_COST_PRODUCT, Strategy.of(DEFAULT));
    }

    /** All. */
    static List<Strategy> all() {
        return List.of(Strategy.of("round-robin"), Strategy.of("least-request"), Strategy.of("power-of-two"),
                Strategy.of("prefix-hash").with("2 blocks", "prefix-blocks", "32"),
                PREFIX_CACHE,
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
                KV_COST_PRODUCT,
                Strategy.of(DEFAULT).with("plain", "miss-weight", "1", "miss-weight-pending", "0",
                        "eviction-weight", "0", "progress-credit", "false", "shared-branches", "0"),
                Strategy.of(DEFAULT), HELD.with("first come", "short-first", "0"), HELD,
                HELD.with("short first", "short-first", "3"));
    }

    /** Those that are also run where something is not as in the plain simulation. */
    static List<Strategy> inScenarios() {
        return List.of(Strategy.of("least-request"), STICKY, CACHE_AWARE, KV_COST_PRODUCT, Strategy.of(DEFAULT),
                HELD);
    }
}
