package dev.penstock.cache.trace;

import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.Usage;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One replica with all that its traces consist of: its ring, its agent, its connection to a real Redis. Only the time
 * is by hand. Counts itself what it was told, as its clients would.
 */
final class TracedReplica implements AutoCloseable {

    /** What clients know of one model and window. */
    static final class Told {
        long arrivals;
        long completions;
    }

    private static final TracedModels MODELS = new TracedModels() {
        @Override
        public boolean known(String model) {
            return true;
        }

        @Override
        public long pending(String model) {
            return 2;
        }

        @Override
        public long queueing(String model) {
            return 1;
        }
    };

    private final Map<String, Told> told = new TreeMap<>();
    private final TraceRing ring = new TraceRing(1 << 20, () -> TraceSteps.ALL_ON);
    private final Redis redis;
    private final RedisTraces written;
    private final TraceAgent agent;
    private long wallMillis;
    private long nanos;

    TracedReplica(String url, String name, long startSeconds) {
        wallMillis = TimeUnit.SECONDS.toMillis(startSeconds);
        Map<String, Settings.Source> said = new HashMap<>();
        Map.of("redis.url", url, "redis.replica", name, "redis.timeout", "500ms").forEach((setting, value) ->
                said.put(setting, new Settings.Source(value, "test")));
        redis = Redis.open(RedisSettings.from(Settings.conclude(RedisSettings.ALL, Map.of(), Map.of(), said)),
                NanoClock.SYSTEM, Metrics.NONE);
        written = new RedisTraces(new RedisRecords(redis), () -> Instant.ofEpochMilli(wallMillis), () -> nanos);
        agent = new TraceAgent(ring, written, MODELS, () -> TraceSteps.ALL_ON,
                () -> Instant.ofEpochMilli(wallMillis), () -> nanos);
    }

    /** A request begins, and ends later where it has usage. */
    void began(String model) {
        told(model, ring.began(model)).arrivals++;
    }

    /** A request ends. */
    void ended(String model, long promptTokens, long completionTokens) {
        ring.ended(model, 0, new Usage(promptTokens, completionTokens));
        told(model, ring.window()).completions++;
    }

    private Told told(String model, long window) {
        return told.computeIfAbsent(TraceKeys.key(model, window), key -> new Told());
    }

    /** What clients know, by the key under which it should stand. */
    Map<String, Told> told() {
        return told;
    }

    RedisTraces written() {
        return written;
    }

    TraceRing ring() {
        return ring;
    }

    /** Time goes by. */
    void pass(long millis) {
        wallMillis += millis;
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
        agent.doWork();
    }

    /** To the end of the window, and over the time that it waits for what is under way. */
    void endWindow() {
        pass(10_000 - wallMillis % 10_000);
        pass(250);
    }

    long seconds() {
        return TimeUnit.MILLISECONDS.toSeconds(wallMillis);
    }

    /** Until there is a connection. */
    void awaitUp(long connections) {
        while (!redis.up() || redis.connections() < connections) {
            Thread.onSpinWait();
        }
    }

    long connections() {
        return redis.connections();
    }

    /** Until all that was counted is in Redis; the time by hand goes on a little, for what is tried again. */
    void settle() {
        agent.doWork();
        while (written.unwritten() > 0) {
            nanos += 10_000;
            agent.doWork();
            Thread.onSpinWait();
        }
    }

    /** Ends as a process does. */
    void end() {
        agent.onClose();
    }

    @Override
    public void close() {
        redis.close();
    }
}
