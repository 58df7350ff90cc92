package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what: the ACL that docs/redis.md gives is enough, and passwords rotate. */
@Timeout(60)
class RedisAccessTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    @Test
    void shouldDoAllWithTheUserOfTheGuide() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            server.command(userOfTheGuide());
            try (LogLines lines = LogLines.of(Redis.class); Redis redis = open(server.url())) {
                doAll(redis);
                assertThat(lines.all()).singleElement().asString().contains("connected to");
                assertThat(server.command("CLIENT", "LIST")).contains("name=penstock:one", "user=penstock");
            }
        }
    }

    @Test
    void shouldDoAllInAClusterWithTheUserOfTheGuide() throws Exception {
        try (RedisCluster cluster = RedisCluster.start()) {
            cluster.servers().forEach(server -> server.command(userOfTheGuide()));
            try (LogLines lines = LogLines.of(Redis.class); Redis redis = open(cluster.url())) {
                doAll(redis);
                assertThat(lines.all()).singleElement().asString().contains("connected to");
            }
        }
    }

    @Test
    void shouldTakeARotatedPasswordForTheNextConnection() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "old\n");
        try (RedisServer server = RedisServer.start()) {
            server.command("ACL", "SETUSER", "penstock", "on", ">old", "~*", "+@all");
            RedisSettings settings = new RedisSettings(server.url(), new RedisLogin("redis", "penstock",
                    file.toString(), ""), RedisLogin.NONE, RedisTls.DEFAULT, "one", TimeUnit.SECONDS.toNanos(5));
            try (Redis redis = Redis.open(settings, NanoClock.SYSTEM, Metrics.NONE)) {
                RedisServer.await("up", redis::up);
                Files.writeString(file, "new\n");

                server.command("ACL", "SETUSER", "penstock", "resetpass", ">new");
                server.command("CLIENT", "KILL", "USER", "penstock");

                RedisServer.await("up again", () -> redis.connections() == 2 && redis.up());
            }
        }
    }

    private static String[] userOfTheGuide() {
        try {
            return Files.readAllLines(Path.of("../docs/redis.md")).stream()
                    .filter(line -> line.startsWith("ACL SETUSER ")).findFirst().orElseThrow().split(" ");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void doAll(Redis redis) throws Exception {
        RedisServer.await("up", redis::up);
        RedisScript script = new RedisScript("return redis.call('INCR', KEYS[1])", ScriptOutputType.INTEGER);
        answer(redis.call("test", commands -> commands.set("aibrix:a", "1", SetArgs.Builder.ex(60))));
        answer(redis.call("test", commands -> commands.hset("{aibrix:m_trace_1}:parts", "one", "1")));
        answer(redis.call("test", commands -> commands.pexpire("{aibrix:m_trace_1}:parts", 500)));
        answer(redis.call("test", commands -> commands.mget("aibrix-users/a", "aibrix_model:m", "penstock:x")));
        answer(redis.call("test", commands -> commands.decr("po2_req_count:m:p:0")));
        answer(redis.call("test", commands -> commands.unlink("penstock:{x}:y")));
        assertThat(RedisAccessTest.<Long>answer(redis.run("test", script, List.of("penstock:{x}:y"), List.of())))
                .isEqualTo(1);
        assertThat(answer(redis.text("test", "aibrix:a", 10))).isEqualTo("1");
        assertThat(answer(new KeySearch(redis, "test", "aibrix:*", 10).find())).containsExactly("aibrix:a");
    }

    private static Redis open(String url) {
        return Redis.open(new RedisSettings(url, new RedisLogin("redis", "penstock", "", "password"), RedisLogin.NONE,
                RedisTls.DEFAULT, "one", Duration.ofSeconds(10).toNanos()), NanoClock.SYSTEM, Metrics.NONE);
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
