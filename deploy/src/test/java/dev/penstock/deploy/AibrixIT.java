package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.cache.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution where AIBrix's gateway container stood: its options, its variables, its side port. */
@Timeout(120)
final class AibrixIT {

    private static final String MODEL = "qwen";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    private Path models(List<String> endpoints) throws IOException {
        return Files.writeString(directory.resolve("models.yaml"), "models:\n  - name: " + MODEL
                + "\n    engine: vllm\n    endpoints: [\"" + String.join("\", \"", endpoints) + "\"]\n");
    }

    private static RunningPenstock start(Map<String, String> variables, String... arguments) throws Exception {
        ProcessBuilder builder = Distribution.command(arguments);
        builder.environment().putAll(variables);
        return RunningPenstock.of(builder);
    }

    @Test
    void shouldServeItsListOfModelsByItsVariables() throws Exception {
        try (SimFleet fleet = SimFleet.builder().engines(2).model(MODEL).time(TimeModel.zero()).start();
                RedisServer redis = RedisServer.start("--requirepass", "s3cret");
                RunningPenstock running = start(Map.of("ROUTING_ALGORITHM", "random", "REDIS_HOST", "127.0.0.1",
                        "REDIS_PORT", Integer.toString(redis.port()), "REDIS_PASSWORD", "s3cret",
                        "AIBRIX_GRPC_MAX_MESSAGE_SIZE_BYTES", "4194304"),
                        "serve", "--aibrix", "--standalone", "--endpoints-config",
                        models(fleet.addresses()).toString(), "--grpc-bind-address=:50052",
                        "--http-bind-address=127.0.0.1:0", "--port", "0", "--set", "warm-up.requests=100",
                        "--set", "shutdown.delay=off")) {
            assertThat(running.chat(MODEL, false).statusCode()).isEqualTo(200);
            assertThat(running.admin("/v1/models").body()).isEqualTo("{\"object\":\"list\",\"data\":[{\"id\":\""
                    + MODEL + "\",\"object\":\"model\",\"created\":0,\"owned_by\":\"aibrix\"}]}");
            assertThat(running.admin("/metrics").statusCode()).isEqualTo(200);
            assertThat(running.admin("/admin/config").body().replaceAll("\\s", ""))
                    .contains("environmentROUTING_ALGORITHM", "environmentAIBRIX_GRPC_MAX_MESSAGE_SIZE_BYTES",
                            "--http-bind-address", "--endpoints-config", "4194304");
            running.await("connected", () -> running.admin("/metrics").body().contains("penstock_redis_up 1"));
            assertThat(running.admin("/admin/config").body()).contains("environment REDIS_HOST, REDIS_PORT")
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void shouldNameTheVariableThatIsWrong() throws Exception {
        String models = models(List.of("127.0.0.1:1")).toString();

        Distribution.Outcome outcome = Distribution.launch(Map.of("ROUTING_ALGORITHM", "no-such"), "check", "--aibrix",
                "--standalone", "--endpoints-config", models);

        assertThat(outcome.errors()).singleElement().asString()
                .contains("environment ROUTING_ALGORITHM: routing.strategy: no-such (expected: one of ");
        assertThat(outcome.status()).isEqualTo(1);
    }

    @Test
    void shouldLetInWhoHasTheKeyThatProtectedIt() throws Exception {
        try (SimFleet fleet = SimFleet.builder().engines(1).model(MODEL).time(TimeModel.zero()).start();
                RunningPenstock running = start(Map.of("AIBRIX_AUTH_BEARER_TOKEN", "s3cret"), "serve", "--aibrix",
                        "--standalone", "--endpoints-config", models(fleet.addresses()).toString(),
                        "--http-bind-address=127.0.0.1:0", "--port", "0", "--set", "warm-up.requests=100",
                        "--set", "shutdown.delay=off")) {
            assertThat(running.chat(MODEL, false).statusCode()).isEqualTo(401);
            assertThat(running.admin("/admin/config").body()).contains("environment AIBRIX_AUTH_BEARER_TOKEN")
                    .doesNotContain("s3cret");
            assertThat(running.text()).doesNotContain("s3cret");
        }
    }

    @Test
    void shouldTakeItsOptionsWithTheFlagOnly() throws Exception {
        Distribution.Outcome outcome = Distribution.launch("serve", "--http-bind-address", ":0");

        assertThat(outcome.errors()).singleElement().asString().contains("expected: --aibrix as well");
        assertThat(Distribution.launch("serve", "--aibrix", "--standalone").err())
                .contains("--endpoints-config FILE as well");
    }
}
