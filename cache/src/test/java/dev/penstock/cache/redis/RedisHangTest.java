package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Redis that answers nothing, or whose line is cut: nobody waits, nothing is sent twice, nothing is left behind. */
@Timeout(60)
class RedisHangTest {

    private static final int COMMANDS = 50_000;

    @Test
    void shouldFailWithinTheTimeAndKeepNoMoreThanItsQueue() throws Exception {
        try (RedisServer server = RedisServer.start(); Redis redis = open(server.url(), 1)) {
            awaitUp(redis, 1);
            server.hang();

            List<CompletionStage<Long>> sent = new ArrayList<>();
            for (int i = 0; i < COMMANDS; i++) {
                sent.add(redis.call("test", commands -> commands.incr("a")));
            }
            Map<RedisFailure.Kind, Integer> kinds = new EnumMap<>(RedisFailure.Kind.class);
            for (CompletionStage<Long> answer : sent) {
                kinds.merge(kind(answer), 1, Integer::sum);
            }

            assertThat(kinds).containsOnlyKeys(RedisFailure.Kind.TIMEOUT, RedisFailure.Kind.AWAY);
            // The client library counts what waits to be written and what waits for its answer each for itself.
            assertThat(kinds.get(RedisFailure.Kind.TIMEOUT)).isBetween(1, 2 * RedisConnectors.LONGEST_QUEUE);

            server.goOn();
            RedisServer.await("answers again", () -> redis.call("test", commands -> commands.get("b"))
                    .handle((value, error) -> error == null).toCompletableFuture().join());
            // What had reached it is carried out, once; the rest never left.
            assertThat(Long.parseLong(server.command("GET", "a"))).isBetween(0L, (long) COMMANDS);
        }
    }

    @Test
    void shouldGiveUpAConnectionOverWhichNothingComesBack() throws Exception {
        try (RedisServer server = RedisServer.start(); Redis redis = open(server.url(), 1)) {
            awaitUp(redis, 1);
            server.hang();

            RedisServer.await("given up", () -> {
                kindOf(redis.call("test", commands -> commands.get("a")));
                return !redis.up();
            });
            assertThat(kind(redis.call("test", commands -> commands.get("a")))).isEqualTo(RedisFailure.Kind.AWAY);

            server.goOn();
            awaitUp(redis, 2);
        }
    }

    @Test
    void shouldSendNothingTwiceWhenTheLineIsCut() throws Exception {
        try (RedisServer server = RedisServer.start(); CutLine line = CutLine.to(server.port());
                Redis redis = open(line.url(), 10)) {
            awaitUp(redis, 1);
            server.hang();
            CompletionStage<Long> lost = redis.call("test", commands -> commands.incr("a"));
            line.cut();
            assertThat(kind(lost)).isEqualTo(RedisFailure.Kind.AWAY);
            server.goOn();
            line.mend();

            awaitUp(redis, 2);
            long last = redis.<Long>call("test", commands -> commands.incr("a")).toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);

            assertThat(last).as("once or never, and then this one").isBetween(1L, 2L);
        }
    }

    @Test
    void shouldEndWhileItConnectsAndLeaveNoThread() {
        try (RedisServer server = RedisServer.start()) {
            server.hang();
            List<Thread> before = threads();
            Redis redis = open(server.url(), 60);
            assertThat(threads()).hasSizeGreaterThan(before.size());

            redis.close();

            RedisServer.await("no threads", () -> threads().size() <= before.size());
            assertThat(redis.up()).isFalse();
        }
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("lb-redis")
                && thread.isAlive()).toList();
    }

    private static Redis open(String url, int seconds) {
        return Redis.open(new RedisSettings(url, "one", Duration.ofSeconds(seconds).toNanos()), NanoClock.SYSTEM,
                Metrics.NONE);
    }

    private static void awaitUp(Redis redis, int connections) {
        RedisServer.await("connection " + connections, () -> redis.connections() >= connections && redis.up());
    }

    private static RedisFailure.Kind kind(CompletionStage<?> answer) throws Exception {
        return answer.handle((value, error) -> {
            assertThat(error).isInstanceOf(RedisFailure.class);
            return ((RedisFailure) error).kind();
        }).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void kindOf(CompletionStage<?> answer) {
        answer.handle((value, error) -> error).toCompletableFuture().join();
    }
}
