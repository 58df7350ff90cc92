package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What real servers say when they do not do what they are asked for. */
@Timeout(60)
class RedisFailuresTest {

    private static final String USE = "test";

    @Test
    void shouldTellAWrongType() {
        try (RedisServer server = RedisServer.start(); Redis redis = open(server.url(), RedisLogin.NONE)) {
            awaitUp(redis);
            server.command("SET", "a", "text");

            assertThat(failure(redis, commands -> commands.hgetall("a")).kind())
                    .isEqualTo(RedisFailure.Kind.WRONGTYPE);
        }
    }

    @Test
    void shouldTellAReplica() {
        try (RedisServer master = RedisServer.start();
                RedisServer replica = RedisServer.start("--replicaof", "127.0.0.1 " + master.port());
                Redis redis = open(replica.url(), RedisLogin.NONE)) {
            awaitUp(redis);

            assertThat(failure(redis, commands -> commands.set("a", "1")).kind())
                    .isEqualTo(RedisFailure.Kind.READONLY);
        }
    }

    @Test
    void shouldTellThatItReadsItsData() {
        try (RedisServer server = RedisServer.start("--loading-process-events-interval-bytes", "1024",
                "--key-load-delay", "20000")) {
            for (int i = 0; i < 1_000; i++) {
                server.command("SET", "key:" + i, "x".repeat(4_096));
            }
            server.command("SAVE");
            server.restart();
            try (Redis redis = open(server.url(), RedisLogin.NONE)) {
                awaitUp(redis);

                assertThat(failure(redis, commands -> commands.get("key:1")).kind())
                        .isEqualTo(RedisFailure.Kind.LOADING);
            }
        }
    }

    @Test
    void shouldTellThatItIsNotAllowed() {
        try (RedisServer server = RedisServer.start()) {
            server.command("ACL", "SETUSER", "lb", "on", ">secret", "~aibrix:*", "+@connection", "+get");
            try (Redis redis = open(server.url(), new RedisLogin("redis", "lb", "", "secret"))) {
                awaitUp(redis);

                assertThat(failure(redis, commands -> commands.set("aibrix:a", "1")).kind())
                        .isEqualTo(RedisFailure.Kind.DENIED);
                assertThat(failure(redis, commands -> commands.get("other")).kind())
                        .isEqualTo(RedisFailure.Kind.DENIED);
            }
        }
    }

    @Test
    void shouldSayOnceThatThePasswordIsMissingOrWrong() {
        try (RedisServer server = RedisServer.start("--requirepass", "secret")) {
            try (LogLines lines = LogLines.of(Redis.class); Redis redis = open(server.url(), RedisLogin.NONE)) {
                assertThat(lines.await("connection: denied")).contains("NOAUTH");
                assertThat(redis.up()).isFalse();
            }
            try (LogLines lines = LogLines.of(Redis.class);
                    Redis redis = open(server.url(), new RedisLogin("redis", "", "", "typo"))) {
                assertThat(lines.await("connection: denied")).contains("WRONGPASS").doesNotContain("typo");
                server.awaitAnswer("total_connections_received:1", "INFO", "stats");
                // Now and then a connection is gone before Lettuce has heard why: that attempt says something else.
                assertThat(lines.all()).filteredOn(line -> line.contains("denied")).hasSize(1);
                assertThat(redis.up()).isFalse();
            }
        }
    }

    @Test
    void shouldTellThatItsMemoryIsFull() {
        try (RedisServer server = RedisServer.start("--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
                Redis redis = open(server.url(), RedisLogin.NONE)) {
            awaitUp(redis);
            server.command("SETRANGE", "fill", Integer.toString(1024 * 1024), "x");

            assertThat(failure(redis, commands -> commands.set("a", "x")).kind())
                    .isEqualTo(RedisFailure.Kind.MEMORY);
        }
    }

    @Test
    void shouldTellAScriptThatRunsOnAndOn() {
        try (RedisServer server = RedisServer.start("--busy-reply-threshold", "1");
                Redis redis = open(server.url(), RedisLogin.NONE)) {
            awaitUp(redis);

            Thread.ofVirtual().start(() -> server.command("EVAL", "while true do end", "0"));

            assertThat(failure(redis, commands -> commands.get("a")).kind()).isEqualTo(RedisFailure.Kind.LOADING);
            server.command("SCRIPT", "KILL");
        }
    }

    @Test
    void shouldReadNoMoreThanIsOfUse() throws Exception {
        try (RedisServer server = RedisServer.start(); Redis redis = open(server.url(), RedisLogin.NONE)) {
            awaitUp(redis);
            server.command("SET", "good", "äöü");
            server.command("SETRANGE", "huge", Integer.toString(256 * 1024 * 1024), "x");
            server.command("HSET", "hash", "a", "1");

            assertThat(redis.text(USE, "good", 6).toCompletableFuture().get(20, TimeUnit.SECONDS)).isEqualTo("äöü");
            assertThat(redis.text(USE, "none", 6).toCompletableFuture().get(20, TimeUnit.SECONDS)).isEmpty();
            assertThat(failure(redis.text(USE, "good", 5)).kind()).isEqualTo(RedisFailure.Kind.CONTENT);
            RedisFailure huge = failure(redis.text(USE, "huge", 1_000_000));
            assertThat(huge.kind()).isEqualTo(RedisFailure.Kind.CONTENT);
            assertThat(huge).hasMessage("huge: more than 1000000 bytes");
            assertThat(failure(redis.text(USE, "hash", 6)).kind()).isEqualTo(RedisFailure.Kind.WRONGTYPE);
            assertThat(server.command("INFO", "stats").lines()
                    .filter(line -> line.startsWith("total_net_output_bytes:"))
                    .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip())).sum())
                    .isLessThan(4_000_000);
        }
    }

    private static Redis open(String url, RedisLogin login) {
        return Redis.open(new RedisSettings(url, login, RedisLogin.NONE, RedisTls.DEFAULT, "one",
                Duration.ofSeconds(10).toNanos()), NanoClock.SYSTEM, Metrics.NONE);
    }

    private static void awaitUp(Redis redis) {
        RedisServer.await("up", redis::up);
    }

    /** Until it fails: what is wrong with a server may take a moment to show. */
    private static RedisFailure failure(Redis redis,
            Function<RedisClusterAsyncCommands<String, String>, CompletionStage<?>> command) {
        AtomicReference<@Nullable RedisFailure> failed = new AtomicReference<>();
        RedisServer.await("failed", () -> {
            redis.call(USE, command::apply).whenComplete((answer, error) ->
                    failed.set(error instanceof RedisFailure failure ? failure : null))
                    .handle((answer, error) -> answer).toCompletableFuture().join();
            return failed.get() != null;
        });
        return Objects.requireNonNull(failed.get());
    }

    private static RedisFailure failure(CompletionStage<?> stage) {
        try {
            throw new AssertionError("answered: " + stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(RedisFailure.class);
            return (RedisFailure) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
