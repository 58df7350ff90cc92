package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.redis.RedisServer;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.ApiKeyStore;
import dev.penstock.core.port.ApiKeyStore.Kept;
import dev.penstock.core.port.ApiKeyStore.Made;
import dev.penstock.core.port.ApiKeyStore.Terms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole balancer that asks for keys: those of a file and those of Redis, made and revoked while it runs. */
@Timeout(90)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class ApiKeysTest {
    private static final Terms ANN = new Terms("ann", Set.of(), 0, 0, null);

    @TempDir
    Path folder;

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private Penstock.Builder builder(String... settings) throws IOException {
        Path config = Files.writeString(folder.resolve("penstock.yaml"),
                "models: [{name: m, endpoints: ['127.0.0.1:" + engine.port() + "']}]\n");
        Penstock.Builder builder = TestBalancer.builder().configFile(config);
        for (int i = 0; i < settings.length; i += 2) {
            builder.setting(settings[i], settings[i + 1], "test");
        }
        return builder;
    }

    private static Made make(Penstock.Builder builder) {
        return builder.keys(store -> store.make(ANN));
    }

    private static boolean revoke(Penstock.Builder builder, Made made) {
        return builder.keys(store -> store.revoke(made.id()));
    }

    private static List<Kept> list(Penstock.Builder builder) {
        return builder.keys(ApiKeyStore::list);
    }

    private static int status(TestBalancer balancer, String secret) {
        try {
            return balancer.chat("authorization", "Bearer " + secret).statusCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldSeeKeysOfItsFileComeAndGoOnOneConnection() throws Exception {
        Penstock.Builder builder = builder("keys.file", "keys");
        Made first = make(builder);
        try (TestBalancer balancer = TestBalancer.start(builder)) {
            assertThat(status(balancer, first.secret())).isEqualTo(200);
            assertThat(Objects.requireNonNull(engine.asked.poll(10, TimeUnit.SECONDS)).authorization()).isEmpty();
            assertThat(balancer.chat().statusCode()).isEqualTo(401);
            // The admin port needs none, and shows none.
            assertThat(balancer.admin("/v1/models")).contains("\"m\"");

            Made second = make(builder);
            assertThat(revoke(builder, first)).isTrue();
            TestBalancer.await("the new key", () -> status(balancer, second.secret()) == 200);
            assertThat(status(balancer, first.secret())).isEqualTo(401);
        }
    }

    @Test
    void shouldKeepLettingInWhileTheFileIsBrokenAndSaySo() throws Exception {
        Penstock.Builder builder = builder("keys.file", "keys", "keys.shared", "s3cret");
        Made made = make(builder);
        try (TestBalancer balancer = TestBalancer.start(builder)) {
            Files.writeString(folder.resolve("keys"), "{\"id\":");
            TestBalancer.await("told", () -> balancer.admin("/admin/config").contains("keys.file: "));
            assertThat(status(balancer, made.secret())).isEqualTo(200);
            assertThat(status(balancer, "s3cret")).isEqualTo(200);
            assertThat(balancer.admin("/admin/config")).contains("(hidden)").doesNotContain("s3cret");
            assertThat(balancer.admin("/metrics")).contains("penstock_api_keys 2");
        }
    }

    @Test
    void shouldSayWhatIsWrongBeforeItStarts() throws Exception {
        Penstock.Builder builder = builder("keys.file", "keys", "keys.redis", "true");
        Files.writeString(folder.resolve("keys"), "nonsense");
        assertThat(builder.check().problems()).hasSize(2)
                .anyMatch(line -> line.startsWith("keys.file: ") && line.contains("keys:1:1: not JSON"))
                .anyMatch(line -> line.startsWith("keys.redis: without redis.url"));
        assertThatThrownBy(builder::start).isInstanceOf(InvalidSettingsException.class);
        assertThatThrownBy(() -> list(builder())).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("no store of keys");
    }

    @Test
    void shouldStandWhereAibrixAskedForItsKey() throws Exception {
        Penstock.Builder builder = builder("kubernetes.enabled", "false").inPlaceOfAibrix()
                .environment(Map.of("AIBRIX_AUTH_BEARER_TOKEN", "t0ken"));
        try (TestBalancer balancer = TestBalancer.start(builder)) {
            assertThat(status(balancer, "t0ke")).isEqualTo(401);
            assertThat(status(balancer, "t0ken")).isEqualTo(200);
            assertThat(Objects.requireNonNull(engine.asked.poll(10, TimeUnit.SECONDS)).authorization())
                    .containsExactly("Bearer t0ken");
            assertThat(balancer.admin("/admin/config")).contains("environment AIBRIX_AUTH_BEARER_TOKEN")
                    .doesNotContain("t0ken");
        }
    }

    // ---- Redis

    @Test
    void shouldSeeKeysOfRedisComeAndGoAndKeepThemWhileItIsAway() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            Penstock.Builder builder = builder("redis.url", redis.url(), "keys.redis", "true", "keys.refresh", "1s");
            Made first = make(builder);
            try (TestBalancer balancer = TestBalancer.start(builder)) {
                assertThat(balancer.penstock.awaitReady(Duration.ofSeconds(30))).isTrue();
                assertThat(status(balancer, first.secret())).isEqualTo(200);

                Made second = make(builder);
                TestBalancer.await("the new key", () -> status(balancer, second.secret()) == 200);
                assertThat(revoke(builder, first)).isTrue();
                assertThat(revoke(builder, first)).isFalse();
                assertThat(list(builder)).singleElement()
                        .satisfies(kept -> assertThat(kept.key().id()).isEqualTo(second.id()));
                TestBalancer.await("revoked", () -> status(balancer, first.secret()) == 401);

                redis.kill();
                TestBalancer.await("missed", () -> balancer.admin("/metrics").contains("penstock_redis_up 0"));
                assertThat(status(balancer, second.secret())).isEqualTo(200);
                assertThat(balancer.penstock.awaitReady(Duration.ZERO)).isTrue();
            }
        }
    }

    @Test
    void shouldNotBeReadyAndLetNobodyInUntilRedisHasAnswered() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            Penstock.Builder builder = builder("redis.url", redis.url(), "keys.redis", "true", "keys.shared", "s3cret");
            redis.kill();
            try (TestBalancer balancer = TestBalancer.start(builder)) {
                TestBalancer.await("told", () -> balancer.admin("/readyz").contains("keys of Redis"));
                assertThat(status(balancer, "pk-a-secret")).isEqualTo(401);
                assertThat(status(balancer, "s3cret")).isEqualTo(200);
                redis.restart();
                assertThat(balancer.penstock.awaitReady(Duration.ofSeconds(60))).isTrue();
            }
        }
    }
}
