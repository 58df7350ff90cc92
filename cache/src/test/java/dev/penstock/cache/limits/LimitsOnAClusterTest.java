package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.limits.Verdict.Exceeded;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisCluster;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.port.NanoClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of two replicas on three nodes, where the keys of a user may be of different slots. */
@Timeout(60)
class LimitsOnAClusterTest {

    private static final int USERS = 30;

    private final RedisCluster cluster = RedisCluster.start();
    private final CountingMetrics metrics = new CountingMetrics();
    private final List<Redis> replicas = List.of(replica("one"), replica("two"));

    private Redis replica(String name) {
        Redis redis = Redis.open(new RedisSettings(cluster.url(), name, Duration.ofSeconds(20).toNanos()),
                NanoClock.SYSTEM, metrics);
        while (!redis.up()) {
            Thread.onSpinWait();
        }
        return redis;
    }

    @AfterEach
    void close() {
        replicas.forEach(Redis::close);
        cluster.close();
    }

    @Test
    void shouldCountUnderTheKeysOfAibrix() {
        Instant now = Instant.ofEpochSecond(1_800_000_013);
        List<SharedLimiter> limiters = replicas.stream()
                .<SharedLimiter>map(redis -> new AibrixLimiter(redis, () -> now)).toList();

        for (int user = 0; user < USERS; user++) {
            assertThat(exceeded(limiters, user)).containsExactly(Exceeded.NOTHING, Exceeded.NOTHING, Exceeded.NOTHING,
                    Exceeded.REQUESTS, Exceeded.REQUESTS);
        }
        assertThat(metrics.sum("penstock_redis_failures use limits kind cluster")).isZero();
    }

    @Test
    void shouldCountInBuckets() {
        List<SharedLimiter> limiters = replicas.stream().<SharedLimiter>map(RedisLimiter::new).toList();

        for (int user = 0; user < USERS; user++) {
            // Room for a request flows back in 20 s, more than this takes.
            assertThat(exceeded(limiters, user)).startsWith(Exceeded.NOTHING, Exceeded.NOTHING, Exceeded.NOTHING,
                    Exceeded.REQUESTS);
        }
        assertThat(metrics.sum("penstock_redis_failures use limits kind cluster")).isZero();
    }

    private static List<Exceeded> exceeded(List<SharedLimiter> limiters, int user) {
        UserLimits limits = new UserLimits("user-" + user, false, 3, 1_000_000);
        return IntStream.range(0, 5)
                .mapToObj(i -> answer(limiters.get(i % 2).take(limits, 10)).exceeded()).toList();
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
