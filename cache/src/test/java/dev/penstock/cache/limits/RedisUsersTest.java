package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Users.User;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users where AIBrix keeps them. */
@Timeout(60)
class RedisUsersTest {

    private final RedisServer server = RedisServer.start();
    private final Redis redis = Redis.open(new RedisSettings(server.url(), "one", Duration.ofSeconds(2).toNanos()),
            NanoClock.SYSTEM, Metrics.NONE);
    private final RedisClient client = RedisClient.create(server.url());
    private final RedisCommands<String, String> theirs = client.connect().sync();
    private final RedisUsers users = new RedisUsers(redis);

    RedisUsersTest() {
        while (!redis.up()) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void close() {
        client.shutdown();
        redis.close();
        server.close();
    }

    @Test
    void shouldReadWhatItsMetadataServiceHasWritten() {
        theirs.set("aibrix-users/your-user-name", "{\"name\":\"your-user-name\",\"rpm\":100,\"tpm\":1000}");
        assertThat(users.read("your-user-name")).isEqualTo(new User("your-user-name", 100, 1_000));
        assertThat(users.read("nobody")).isNull();
    }

    @Test
    void shouldWriteWhatItReads() {
        assertThat(users.create(new User("änn", 7, 8))).isTrue();
        assertThat(theirs.get("aibrix-users/änn")).isEqualTo("{\"name\":\"änn\",\"rpm\":7,\"tpm\":8}");
        assertThat(users.create(new User("änn", 1, 1))).isFalse();
        assertThat(users.update(new User("änn", 9, 8))).isTrue();
        assertThat(users.update(new User("bob", 9, 8))).isFalse();
        assertThat(users.read("änn")).isEqualTo(new User("änn", 9, 8));
        assertThat(users.delete("änn")).isTrue();
        assertThat(users.delete("änn")).isFalse();
        assertThat(theirs.keys("*")).isEmpty();
    }

    @Test
    void shouldSayThatItCannotTell() {
        theirs.set("aibrix-users/ann", "[]");
        assertThatThrownBy(() -> users.read("ann")).isInstanceOf(UncheckedIOException.class);
        server.kill();
        assertThatThrownBy(() -> users.create(new User("ann", 1, 1))).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Redis");
    }
}
