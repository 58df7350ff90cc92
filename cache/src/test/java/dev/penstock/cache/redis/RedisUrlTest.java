package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.redis.RedisUrl.Mode;
import dev.penstock.cache.redis.RedisUrl.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrlTest {

    private static final long TIMEOUT_NANOS = 1_000_000_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    @Test
    void shouldReadEachMode() {
        assertThat(RedisUrl.parse("redis://redis-master")).isEqualTo(
                new RedisUrl(Mode.SINGLE, false, List.of(new Node("redis-master", 6_379)), "", 0));
        assertThat(RedisUrl.parse("REDISS://[fd00::1]:6380/3/")).isEqualTo(
                new RedisUrl(Mode.SINGLE, true, List.of(new Node("fd00::1", 6_380)), "", 3));
        assertThat(RedisUrl.parse("redis-sentinel://a,b:26380/the-master/2")).isEqualTo(new RedisUrl(Mode.SENTINEL,
                false, List.of(new Node("a", 26_379), new Node("b", 26_380)), "the-master", 2));
        assertThat(RedisUrl.parse("rediss-cluster://a:7000,b:7001")).isEqualTo(new RedisUrl(Mode.CLUSTER, true,
                List.of(new Node("a", 7_000), new Node("b", 7_001)), "", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6379", "http://a", "redis://", "redis://a,b", "redis://a:0", "redis://a:65536",
        "redis://a:x", "redis://a/x", "redis://a/1/2", "redis://a b", "redis://a?timeout=1", "redis://a#1",
        "redis-sentinel://a", "redis-sentinel://a/", "redis-cluster://a/1", "redis-cluster://a,,b", "redis://[fd00::1",
        "redis://fd00::1", "redis://-a", "redis:/a"})
    void shouldSayWhatItExpected(String url) {
        assertThatThrownBy(() -> RedisUrl.parse(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(url + ": ").hasMessageContaining("expected: redis://host:port[/database]");
    }

    @Test
    void shouldTakeNoPasswordAndNotRepeatIt() {
        assertThatThrownBy(() -> RedisUrl.parse("redis://:s3cret@host")).hasMessageContaining("redis.password-file")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void shouldNameAllThatIsWrong() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "secret\n");
        String missing = folder.resolve("missing").toString();

        assertThat(new RedisSettings("", "", TIMEOUT_NANOS).problems()).isEmpty();
        assertThat(new RedisSettings("rediss://a", new RedisLogin("redis", "me", file.toString(), ""),
                RedisLogin.NONE, RedisTls.DEFAULT, "", TIMEOUT_NANOS).problems()).isEmpty();
        assertThat(new RedisSettings("redsi://a", new RedisLogin("redis", "", missing, "s3cret"),
                new RedisLogin("redis.sentinel", "me", "", ""), new RedisTls("", file.toString(), "", true), "", 0)
                .problems()).satisfiesExactlyInAnyOrder(
                problem -> assertThat(problem).startsWith("redis.timeout: "),
                problem -> assertThat(problem).startsWith("redis.password: ").doesNotContain("s3cret"),
                problem -> assertThat(problem).isEqualTo("redis.password-file: " + missing + ": cannot be read"),
                problem -> assertThat(problem).startsWith("redis.sentinel.username: "),
                problem -> assertThat(problem).startsWith("redis.url: redsi://a: unknown scheme redsi"));
        assertThat(new RedisSettings("redis://a", RedisLogin.NONE, RedisLogin.NONE,
                new RedisTls(missing, "", missing, true), "", TIMEOUT_NANOS).problems()).satisfiesExactly(
                problem -> assertThat(problem).startsWith("redis.tls-ca: redis.url does not ask for TLS"),
                problem -> assertThat(problem).startsWith("redis.tls-key: redis.url does not ask for TLS"),
                problem -> assertThat(problem).startsWith("redis.tls-key: without redis.tls-cert"));
    }

    @Test
    void shouldReadARotatedPasswordAgain() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "old\n");
        var credentials = Objects.requireNonNull(
                new RedisLogin("redis", "", file.toString(), "").credentials());
        assertThat(credentials.resolveCredentialsNow().getPassword()).isEqualTo("old".toCharArray());

        Files.writeString(file, "new\n");

        assertThat(credentials.resolveCredentialsNow().getPassword()).isEqualTo("new".toCharArray());
    }

    @Test
    void shouldBeNamedByThePodElseByTheHost() {
        assertThat(Redis.madeUp(Map.of("POD_NAME", "penstock-0", "HOSTNAME", "host"))).isEqualTo("penstock-0");
        assertThat(Redis.madeUp(Map.of("HOSTNAME", "host"))).startsWith("host-").hasSize("host-".length() + 8);
        assertThat(Redis.madeUp(Map.of())).startsWith("penstock-");
    }
}
