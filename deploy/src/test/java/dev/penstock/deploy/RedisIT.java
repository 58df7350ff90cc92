package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.cache.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution with a Redis, with one that is away, and with one that it is told of wrongly. */
@Timeout(120)
final class RedisIT {

    private static final String MODEL = "qwen";
    private static final String UP = "penstock_redis_up 1";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    private RunningPenstock serve(SimFleet fleet, String... options) throws Exception {
        return RunningPenstock.serve(RunningPenstock.configuration(directory, MODEL, fleet.addresses()), options);
    }

    private static SimFleet fleet() throws Exception {
        return SimFleet.builder().engines(1).model(MODEL).time(TimeModel.zero()).start();
    }

    private static List<String> lines(RunningPenstock running) {
        return running.text().lines().filter(line -> line.contains("Redis")).toList();
    }

    @Test
    void shouldServeWhileRedisIsAwayAndSayOneLine() throws Exception {
        RedisServer redis = RedisServer.start();
        redis.close();
        try (SimFleet fleet = fleet(); RunningPenstock running = serve(fleet, "--set", "redis.url=" + redis.url())) {
            running.await("told", () -> running.text().contains("for connection: away"));

            assertThat(running.chat(MODEL, false).statusCode()).isEqualTo(200);
            assertThat(running.admin("/readyz").statusCode()).isEqualTo(200);
            assertThat(running.admin("/metrics").body()).contains("penstock_redis_up 0")
                    .containsPattern("penstock_redis_failures_total\\{[^}]*kind=\"away\"[^}]*} [1-9]");
            assertThat(lines(running)).singleElement().asString().contains("Connection refused");
        }
    }

    @Test
    void shouldConnectAndComeBack() throws Exception {
        try (RedisServer redis = RedisServer.start(); SimFleet fleet = fleet();
                RunningPenstock running = serve(fleet, "--set", "redis.url=" + redis.url())) {
            running.await("up", () -> running.admin("/metrics").body().contains(UP));

            redis.restart();

            running.await("up again", () -> running.admin("/metrics").body()
                    .contains("penstock_redis_connections_total 2"));
            assertThat(running.chat(MODEL, false).statusCode()).isEqualTo(200);
            assertThat(running.text()).doesNotContain("Reconnecting", "lettuce");
        }
    }

    @Test
    void shouldSayOnceThatThePasswordIsWrongAndTakeTheRightOne() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "typo\n");
        try (RedisServer redis = RedisServer.start("--requirepass", "s3cret"); SimFleet fleet = fleet();
                RunningPenstock running = serve(fleet, "--set", "redis.url=" + redis.url(), "--set",
                        "redis.password-file=" + password)) {
            running.await("told", () -> running.text().contains("for connection: denied"));
            assertThat(lines(running)).singleElement().asString().contains("WRONGPASS").doesNotContain("typo");
            assertThat(running.chat(MODEL, false).statusCode()).isEqualTo(200);

            Files.writeString(password, "s3cret\n");

            running.await("up", () -> running.admin("/metrics").body().contains(UP));
        }
    }

    @Test
    void shouldRefuseToStartWithAUrlThatIsNone() throws IOException, InterruptedException {
        for (String command : List.of("serve", "check")) {
            Path file = RunningPenstock.configuration(directory, MODEL, List.of("127.0.0.1:1"));
            Distribution.Outcome typo = Distribution.launch(command, "--config", file.toString(), "--set",
                    "redis.url=redsi://host");
            assertThat(typo.errors()).filteredOn(line -> line.contains("redis")).singleElement().asString()
                    .contains("redis.url: redsi://host: unknown scheme redsi (expected: redis://host:port");
            assertThat(typo.status()).isEqualTo(1);

            Distribution.Outcome open = Distribution.launch(command, "--config", file.toString(), "--set",
                    "redis.url=redis://:s3cret@host");
            assertThat(open.errors()).filteredOn(line -> line.contains("redis")).singleElement().asString()
                    .contains("redis.url: no user and no password here").doesNotContain("s3cret");
        }
    }
}
