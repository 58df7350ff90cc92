package dev.penstock.cache.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.port.ApiKeyStore.Made;
import dev.penstock.core.port.ApiKeyStore.Terms;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.testkit.HandClock;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys in a real Redis. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // set before each test
class RedisKeysTest {
    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final Terms ANN = new Terms("ann", Set.of("m"), 60, 0, null);

    private final HandClock clock = new HandClock();
    private RedisServer server;
    private Redis redis;
    private RedisKeyStore store;
    private RedisKeys keys;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        redis = Redis.open(RedisSettings.from(Settings.conclude(RedisSettings.ALL, Map.of(),
                Map.of(), Map.of("redis.url", new Source(server.url(), "test")))), NanoClock.SYSTEM, Metrics.NONE);
        store = new RedisKeyStore(redis, new SecureRandom(), InstantSource.system());
        keys = new RedisKeys(redis, clock::nanoTime, REFRESH.toNanos());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private void awaitConnection() {
        await(redis::up);
    }

    @Test
    void shouldReadKeysAndSeeThemGoWhenItIsTime() {
        awaitConnection();
        Made one = store.make(ANN);
        Made two = store.make(ANN);
        await(keys::look);
        assertThat(keys.good()).containsOnlyKeys(one.id(), two.id());
        assertThat(keys.good().get(one.id())).isNotNull().satisfies(entry -> {
            assertThat(entry.hash().matches(KeyHash.of(one.secret()))).isTrue();
            assertThat(entry.key().user()).isEqualTo("ann");
        });

        assertThat(store.revoke(one.id())).isTrue();
        assertThat(keys.look()).as("not before it is time").isFalse();
        assertThat(keys.good()).containsKey(one.id());
        clock.advance(REFRESH);
        await(keys::look);
        assertThat(keys.good()).containsOnlyKeys(two.id());
    }

    @Test
    void shouldTellThatThereAreNone() {
        assertThat(keys.answered()).isFalse();
        awaitConnection();
        await(keys::look);
        assertThat(keys.answered()).isTrue();
        assertThat(keys.good()).isEmpty();
    }

    @Test
    void shouldKeepThoseThatItKnowsWhileRedisIsAwayOrAnswersNonsense() {
        awaitConnection();
        Made made = store.make(ANN);
        await(keys::look);
        server.restart();
        await(() -> redis.connections() > 1 && redis.up());
        server.command("SET", RedisKeys.HASH, "nonsense");
        clock.advance(REFRESH);
        assertThat(keys.look()).isFalse();
        assertThatThrownBy(store::list).isInstanceOf(UncheckedIOException.class).hasMessageContaining("wrongtype");
        assertThat(keys.look()).isFalse();
        assertThat(keys.good()).containsOnlyKeys(made.id());

        server.command("DEL", RedisKeys.HASH);
        await(() -> {
            clock.advance(REFRESH);
            return keys.look();
        });
        assertThat(keys.good()).isEmpty();
    }

    @Test
    void shouldLetAFieldThatIsNoKeyLetNobodyIn() {
        awaitConnection();
        Made made = store.make(ANN);
        redis.call("test", commands -> commands.hset(RedisKeys.HASH, "bad", "secret")).toCompletableFuture().join();
        redis.call("test", commands -> commands.hget(RedisKeys.HASH, made.id())
                .thenCompose(json -> commands.hset(RedisKeys.HASH, "other", json))).toCompletableFuture().join();
        await(keys::look);
        assertThat(keys.good()).containsOnlyKeys(made.id());
        assertThatThrownBy(store::list).hasMessageContaining("penstock:keys: a field is no key: ")
                .hasMessageNotContaining("secret");
        assertThat(store.revoke("bad")).isTrue();
        assertThat(store.revoke("other")).isTrue();
        assertThat(store.revoke("other")).isFalse();
        assertThat(store.list()).hasSize(1);
    }
}
