package dev.penstock.cache.redis;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what goes wrong with Redis, and says it: each kind once a minute for each use. Any thread. */
final class RedisTroubles {

    private static final Logger LOG = System.getLogger(Redis.class.getName());
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private record Kept(Metrics.Count count, AtomicLong quietUntilNanos) {}

    private final Metrics metrics;
    private final NanoClock clock;
    private final ConcurrentMap<String, Kept> kept = new ConcurrentHashMap<>();

    RedisTroubles(Metrics metrics, NanoClock clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    void tell(String use, RedisFailure failure) {
        RedisFailure.Kind kind = failure.kind();
        Kept known = kept.computeIfAbsent(use + ' ' + kind.label(), key -> new Kept(
                metrics.counter("penstock_redis_failures", "Commands to Redis that had no usable answer.", "use", use,
                        "kind", kind.label()), new AtomicLong(clock.nanoTime())));
        known.count().increment();
        if (kind == RedisFailure.Kind.AWAY && !use.equals(RedisLink.USE)) {
            // The link says so, once for all.
            return;
        }
        long now = clock.nanoTime();
        long quietUntil = known.quietUntilNanos().get();
        if (now - quietUntil >= 0 && known.quietUntilNanos().compareAndSet(quietUntil, now + QUIET_NANOS)) {
            LOG.log(Level.WARNING, () -> "Redis, for " + use + ": " + kind.label() + ": " + failure.getMessage()
                    + " (said once a minute; counted in penstock_redis_failures_total)");
        }
    }
}
