package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.EngineRole;
import dev.penstock.bench.sim.KvConnector;
import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The strategy {@code pd} and what becomes of its plans, from outside: engines that accept nothing but their half of a
 * request, and only what the other half has really said; two rolesets for each connector.
 */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class PrefillDecodeIT {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<KvConnector, SimFleet> fleets = new EnumMap<>(KvConnector.class);

    @AfterEach
    void close() {
        client.shutdownNow();
        fleets.values().forEach(SimFleet::close);
    }

    private Path configuration() throws IOException {
        StringBuilder text = new StringBuilder("models:\n");
        for (KvConnector connector : KvConnector.values()) {
            SimFleet engines = SimFleet.builder().engines(4).roles(EngineRole.PREFILL, EngineRole.DECODE)
                    .connector(connector).model(connector.toString()).time(TimeModel.zero()).outputTokens(4).start();
            fleets.put(connector, engines);
            text.append("  - name: ").append(connector).append("\n    strategy: pd\n    engine: ")
                    .append(connector == KvConnector.SGLANG || connector == KvConnector.TRTLLM ? connector : "vllm")
                    .append("\n    endpoints:\n");
            for (int i = 0; i < 4; i++) {
                SimEngine engine = engines.engine(i);
                text.append("      - {name: ").append(connector).append('-').append(i).append(", address: \"")
                        .append(engine.address()).append("\", labels: {roleset-name: r").append(i / 2)
                        .append(", role-name: ").append(i % 2 == 0 ? "prefill" : "decode")
                        .append(", model.aibrix.ai/kv-connector-type: ").append(connector)
                        .append(", penstock.dev/mooncake-engine-id: ").append(engine.name()).append("}}\n");
            }
        }
        return Files.writeString(directory.resolve("penstock.yaml"), text);
    }

    private HttpResponse<String> post(RunningPenstock penstock, String path, String body) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(penstock.url() + path)).timeout(Duration.ofSeconds(30))
                .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String chat(KvConnector model, boolean stream) {
        return "{\"model\":\"" + model + "\",\"seed\":9007199254740993,\"stream\":" + stream + ",\"max_tokens\":4,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"What is a penstock?\"}]}";
    }

    private static void assertByAPair(HttpResponse<String> answer) {
        assertThat(answer.body()).doesNotContain("error");
        assertThat(answer.statusCode()).isEqualTo(200);
        String prefill = answer.headers().firstValue("prefill-target-pod").orElse("none");
        String decode = answer.headers().firstValue("target-pod").orElse("none");
        assertThat(prefill).matches(".*-[02]");
        int first = prefill.charAt(prefill.length() - 1) - '0';
        assertThat(decode).as("of the same roleset").isEqualTo(prefill.replace("-" + first, "-" + (first + 1)));
    }

    @Test
    void shouldHandPromptsOverByEachConnectorAndGoRoundAPairThatFails() throws Exception {
        try (RunningPenstock penstock = RunningPenstock.serve(configuration())) {
            for (KvConnector connector : KvConnector.values()) {
                for (int i = 0; i < 3; i++) {
                    assertByAPair(post(penstock, "/v1/chat/completions", chat(connector, false)));
                    HttpResponse<String> stream = post(penstock, "/v1/chat/completions", chat(connector, true));
                    assertByAPair(stream);
                    assertThat(stream.body()).endsWith("data: [DONE]\n\n");
                    assertByAPair(post(penstock, "/v1/completions",
                            "{\"model\":\"" + connector + "\",\"prompt\":\"What is a penstock?\",\"max_tokens\":4}"));
                }
            }
            for (KvConnector connector : KvConnector.values()) {
                Objects.requireNonNull(fleets.get(connector)).engine(0).die().join();
                for (int i = 0; i < 4; i++) {
                    HttpResponse<String> answer = post(penstock, "/v1/chat/completions", chat(connector, i % 2 == 0));
                    assertByAPair(answer);
                    assertThat(answer.headers().firstValue("prefill-target-pod")).hasValue(connector + "-2");
                }
            }
            assertThat(penstock.admin("/metrics").body())
                    .contains("penstock_prefill_legs_total{outcome=\"nothing_to_hand_over\"} 0");
            penstock.await("nothing in flight", () -> penstock.admin("/metrics").body().lines()
                    .anyMatch(line -> line.matches("penstock_reservations 0(\\.0)?")));
            assertThat(penstock.text()).doesNotContain("Exception");
        }
    }
}
