package dev.penstock.cache.replica;

import dev.penstock.cache.redis.Redis;
import io.lettuce.core.SetArgs;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The seed by which prompts are hashed: one that is drawn at the start, until Redis tells the one of all replicas,
 * which is that of the first. Clients know neither. Read by any thread; asked for by {@code lb-replica}.
 */
final class SharedSeed implements ReplicaTask, LongSupplier {

    static final String KEY = "penstock:{replicas}:seed";

    private static final String USE = "prefixes";
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Redis redis;
    private final Period period;
    private long connections;
    private volatile long seed = ThreadLocalRandom.current().nextLong();

    SharedSeed(ReplicaParts parts) {
        redis = parts.redis();
        period = new Period(INTERVAL_NANOS, parts.self().hashCode(), parts.clock().nanoTime());
    }

    @Override
    public long getAsLong() {
        return seed;
    }

    @Override
    public int doWork(long nowNanos) {
        boolean anew = connections != redis.connections();
        if (!redis.up() || (!anew && !period.due(nowNanos))) {
            return 0;
        }
        period.begin(nowNanos);
        connections = redis.connections();
        // Where Redis has lost it, all have the same one, and whoever comes first puts it there again.
        redis.call(USE, commands -> commands.set(KEY, HexFormat.of().toHexDigits(seed), SetArgs.Builder.nx()));
        redis.<String>call(USE, commands -> commands.get(KEY)).whenComplete((text, failure) -> take(text));
        return 1;
    }

    private void take(@Nullable String text) {
        if (text == null) {
            return;
        }
        try {
            long told = HexFormat.fromHexDigitsToLong(text);
            if (told != seed) {
                seed = told;
            }
        } catch (IllegalArgumentException e) {
            redis.unexpected(USE, KEY + ": no hexadecimal number of 16 digits");
        }
    }

    @Override
    public long restNanos(long nowNanos) {
        return period.restNanos(nowNanos);
    }
}
