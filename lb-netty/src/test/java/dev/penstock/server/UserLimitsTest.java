package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.cache.redis.RedisServer;
import dev.penstock.core.config.InvalidSettingsException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole balancers whose users have limits: of a file, and of a Redis that they share, which hangs or dies. */
@Timeout(120)
class UserLimitsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    private Path folder;

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private TestBalancer balancer(String... settings) throws IOException {
        Path config = Files.writeString(folder.resolve("p.yaml"),
                "models: [{name: m, endpoints: [\"127.0.0.1:" + engine.port() + "\"]}]\n"
                + String.join("\n", settings) + "\n");
        return TestBalancer.start(config, null);
    }

    private static int status(TestBalancer balancer, String user) throws IOException, InterruptedException {
        return balancer.chat("user", user).statusCode();
    }

    @Test
    void shouldLimitUsersOfAFileAndFollowIt() throws Exception {
        Path users = folder.resolve("users.json");
        Files.writeString(users, "{\"users\": [{\"name\": \"ann\", \"rpm\": 1}]}");
        try (TestBalancer balancer = balancer("users.file: users.json", "limits.users.refresh: 10ms")) {
            assertThat(status(balancer, "ann")).isEqualTo(200);
            HttpResponse<String> refused = balancer.chat("user", "ann");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("x-ratelimit-limit-requests")).contains("1");
            assertThat(status(balancer, "stranger")).isEqualTo(200);

            Files.writeString(users, "{\"users\": [{\"name\": \"ann\", \"rpm\": 60000}]}");
            TestBalancer.await("the file was read again", () -> statusOf(balancer, "ann") == 200);

            Files.writeString(users, "{");
            TestBalancer.await("the fault is told", () -> balancer.admin("/admin/config").contains("users.json:1"));
            assertThat(status(balancer, "ann")).isEqualTo(200);
            assertThat(balancer.admin("/metrics")).contains("penstock_limited_total{limit=\"user_requests\"}");
        }
    }

    private static int statusOf(TestBalancer balancer, String user) {
        try {
            return status(balancer, user);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldNotStartWithABrokenFileOfUsers() throws IOException {
        Files.writeString(folder.resolve("users.json"), "{\"users\": [{\"name\": 1}]}");
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() -> balancer("users.file: users.json").close())
                .satisfies(e -> assertThat(e.errors()).singleElement().asString().startsWith("users.file: "));
    }

    @Test
    void shouldShareLimitsAndUsersOverReplicasWithAMetadataService() throws Exception {
        try (RedisServer redis = RedisServer.start();
                TestBalancer one = balancer("redis.url: " + redis.url(), "limits.users.on-failure: closed",
                        "limits.deadline: 20s");
                TestBalancer other = balancer("redis.url: " + redis.url(), "limits.users.on-failure: closed",
                        "limits.deadline: 20s");
                Metadata metadata = TestBalancer.builder().config("inline", "models: [{name: m, endpoints:"
                        + " [\"127.0.0.1:1\"]}]\nmetadata.port: 0\nredis.url: " + redis.url()).startMetadata()) {
            TestBalancer.await("Redis is there", () -> post(metadata, "/CreateUser",
                    "{\"name\": \"ann\", \"rpm\": 2, \"tpm\": 0}") == 200);
            assertThat(post(metadata, "/ReadUser", "{\"name\": \"ann\"}")).isEqualTo(200);
            assertThat(post(metadata, "/ReadUser", "{\"name\": \"bob\"}")).isEqualTo(404);

            TestBalancer.await("both can ask", () -> statusOf(one, "x") == 200 && statusOf(other, "x") == 200);
            assertThat(status(one, "ann")).isEqualTo(200);
            assertThat(status(other, "ann")).isEqualTo(200);
            assertThat(status(one, "ann")).isEqualTo(429);
            assertThat(status(other, "ann")).isEqualTo(429);
        }
    }

    private static int post(Metadata metadata, String path, String body) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metadata.port() + path))
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldFailNoRequestWhileRedisHangsAndLimitsFailOpen() throws Exception {
        try (RedisServer redis = RedisServer.start();
                TestBalancer balancer = balancer("redis.url: " + redis.url(), "limits.unknown-user: default",
                        "limits.default-rpm: 1000000", "limits.default-tpm: 100000000")) {
            TestBalancer.await("it asks Redis", () -> statusOf(balancer, "ann") == 200 && !locally(balancer));
            redis.hang();
            int requests = 2_000;
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                answers.add(balancer.client.sendAsync(balancer.request(TestBalancer.CHAT, "user", "ann"),
                        HttpResponse.BodyHandlers.discarding()).thenApply(HttpResponse::statusCode));
                if (i % 20 == 19) {
                    CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
                }
            }
            assertThat(answers).allMatch(answer -> answer.join() == 200);
            assertThat(sum(balancer, "penstock_limits_local_total{limits=\"users\"}"))
                    .as("each was decided here").isGreaterThanOrEqualTo(requests);
            assertThat(sum(balancer, "penstock_limits_late_total{limits=\"users\"}"))
                    .as("few had to wait").isBetween(1.0, requests / 4.0);
            redis.goOn();
        }
    }

    private static boolean locally(TestBalancer balancer) {
        double before = sum(balancer, "penstock_limits_local_total{limits=\"users\"}");
        statusOf(balancer, "ann");
        return sum(balancer, "penstock_limits_local_total{limits=\"users\"}") > before;
    }

    private static double sum(TestBalancer balancer, String series) {
        return balancer.admin("/metrics").lines().filter(line -> line.startsWith(series + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1))).sum();
    }

    @Test
    void shouldRefuseWhileRedisIsAwayWhereLimitsFailClosed() throws Exception {
        try (RedisServer redis = RedisServer.start();
                TestBalancer balancer = balancer("redis.url: " + redis.url(), "limits.users.on-failure: closed",
                        "limits.unknown-user: default", "limits.default-rpm: 1000000", "limits.deadline: 20s")) {
            TestBalancer.await("Redis is there", () -> statusOf(balancer, "ann") == 200);
            redis.kill();
            TestBalancer.await("the loss is noticed", () -> statusOf(balancer, "ann") == 503);
            HttpResponse<String> refused = balancer.chat("user", "ann");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            assertThat(refused.body()).contains("limits cannot be checked now");
            assertThat(balancer.chat().statusCode()).as("no user, no limit").isEqualTo(200);
        }
    }
}
