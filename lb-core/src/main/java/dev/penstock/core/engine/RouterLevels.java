package dev.penstock.core.engine;

import dev.penstock.core.port.Metrics;
import dev.penstock.spi.RouterEnvironment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers that routers tell of themselves. One for all shards; any thread, but each number by one at a time. */
final class RouterLevels {

    private static final int MAX_LEVELS = 32;

    private final Metrics metrics;
    // By strategy, name and shard.
    private final Map<String, Map<String, Map<Integer, AtomicLong>>> levels = new ConcurrentHashMap<>();

    RouterLevels(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Where the instance of a shard tells a number; what an earlier one has told does not count any more. */
    RouterEnvironment.Level of(String strategy, String name, int shard) {
        Map<String, Map<Integer, AtomicLong>> known =
                levels.computeIfAbsent(strategy, any -> new ConcurrentHashMap<>());
        if (known.size() >= MAX_LEVELS && !known.containsKey(name)) {
            return value -> { };
        }
        Map<Integer, AtomicLong> shards = known.computeIfAbsent(name, label -> shown(strategy, label));
        AtomicLong level = new AtomicLong();
        shards.put(shard, level);
        // Nobody waits for it: cheap enough for each decision.
        return level::lazySet;
    }

    private Map<Integer, AtomicLong> shown(String strategy, String name) {
        Map<Integer, AtomicLong> shards = new ConcurrentHashMap<>();
        metrics.gauge("penstock_router_level", "Numbers that routers tell of themselves.",
                () -> sum(shards), "strategy", strategy, "level", name);
        return shards;
    }

    private static long sum(Map<Integer, AtomicLong> shards) {
        return shards.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** The sum over all shards; 0 for a number that nobody tells. */
    long value(String strategy, String name) {
        return sum(levels.getOrDefault(strategy, Map.of()).getOrDefault(name, Map.of()));
    }

    /** The routers of a shard are made anew. */
    void forget(int shard) {
        levels.values().forEach(names -> names.values().forEach(shards -> shards.remove(shard)));
    }
}
