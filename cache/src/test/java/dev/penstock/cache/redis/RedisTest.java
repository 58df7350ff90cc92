package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedisTest {

    private final RedisServer server = RedisServer.start();
    private final Redis redis = Redis.open(new RedisSettings(server.url(), "one", Duration.ofSeconds(2).toNanos()),
            NanoClock.SYSTEM, Metrics.NONE);

    @AfterEach
    void close() {
        redis.close();
        server.close();
    }

    @Test
    void shouldAnswerCommandsAndScripts() throws Exception {
        awaitUp(1);

        assertThat(RedisTest.<String>answer(redis.call("test", commands -> commands.set("a", "ä")))).isEqualTo("OK");
        RedisScript script = new RedisScript("return redis.call('GET', KEYS[1]) .. ARGV[1]", ScriptOutputType.VALUE);
        assertThat(RedisTest.<String>answer(redis.run("test", script, List.of("a"), List.of("!")))).isEqualTo("ä!");
        assertThat(RedisTest.<String>answer(redis.run("test", script, List.of("a"), List.of("?")))).isEqualTo("ä?");
    }

    @Test
    void shouldFailAtOnceWhileItIsAwayAndComeBackByItself() throws Exception {
        awaitUp(1);
        server.kill();
        // Until the loss is noticed a command may still be taken; then it fails, too.
        assertThatThrownBy(() -> answer(redis.call("test", commands -> commands.get("a"))))
                .isInstanceOfSatisfying(ExecutionException.class, e -> assertThat(e.getCause())
                        .isInstanceOfSatisfying(RedisFailure.class, failure -> assertThat(failure.kind())
                                .isEqualTo(RedisFailure.Kind.AWAY)));

        server.restart();

        awaitUp(2);
        assertThat(RedisTest.<String>answer(redis.call("test", commands -> commands.get("a")))).isNull();
    }

    @Test
    void shouldSayWhatIsWrongWithAKey() throws Exception {
        awaitUp(1);
        answer(redis.call("test", commands -> commands.set("a", "text")));

        assertThatThrownBy(() -> answer(redis.call("test", commands -> commands.hgetall("a"))))
                .hasCauseInstanceOf(RedisFailure.class).cause()
                .extracting("kind").isEqualTo(RedisFailure.Kind.WRONGTYPE);
    }

    private void awaitUp(int connections) {
        RedisServer.await("connection " + connections, () -> redis.connections() >= connections && redis.up());
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
