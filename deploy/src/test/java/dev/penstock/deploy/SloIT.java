package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Requests that wait in {@code slo}, from outside: an engine that carries one request, by its GPU profile. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class SloIT {

    private static final String MODEL = "sim-model";
    private static final String QUEUED = "penstock_router_queued{model=\"" + MODEL + "\",strategy=\"slo\"}";
    /** Decodes a token a second: a stream does not end while a test runs. */
    private static final TimeModel ENDLESS = new TimeModel(1_000_000, 1_000_000_000, 0, 256);
    private static final String ONE_AT_A_TIME = """
            model: sim-model
            gpu: engines
            indexes: [[1], [1]]
            tputs: [[1]]
            e2e: [[1]]
            slos: {e2e: 10}
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private final SimFleet engines = SimFleet.builder().engines(2).model(MODEL).time(ENDLESS).outputTokens(64).start();

    @AfterEach
    void close() {
        client.shutdownNow();
        engines.close();
    }

    private Path configuration(int endpoints, String settings) throws IOException {
        Files.writeString(directory.resolve("profiles.yaml"), ONE_AT_A_TIME);
        StringBuilder text = new StringBuilder("models:\n  - name: " + MODEL + "\n    endpoints:\n");
        for (int i = 0; i < endpoints; i++) {
            text.append("      - {name: e").append(i).append(", address: \"").append(engines.addresses().get(i))
                    .append("\", labels: {app.kubernetes.io/name: engines}}\n");
        }
        return Files.writeString(directory.resolve("penstock.yaml"), text + "routing.strategy: slo\n"
                + "gpu-profiles.file: " + directory.resolve("profiles.yaml") + "\nrouters:\n  slo:\n" + settings);
    }

    private static String body() {
        return "{\"model\":\"" + MODEL + "\",\"stream\":true,\"max_tokens\":64,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"What is a penstock?\"}]}";
    }

    /** Begins a stream; done when its head is there. */
    private CompletableFuture<HttpResponse<InputStream>> stream(RunningPenstock penstock, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(penstock.url() + "/v1/chat/completions"))
                .timeout(Duration.ofSeconds(60)).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body()));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static <T> T soon(CompletableFuture<T> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static void awaitQueued(RunningPenstock penstock, int waiting) throws Exception {
        penstock.await(waiting + " waiting", () -> penstock.admin("/metrics").body().lines()
                .anyMatch(line -> line.equals(QUEUED + " " + waiting + ".0")));
    }

    @Test
    void shouldAnswerWhatWaitsAsPodsBecomeFree() throws Exception {
        try (RunningPenstock penstock = RunningPenstock.serve(configuration(1, "    max-queued: 2\n"))) {
            HttpResponse<InputStream> running = soon(stream(penstock));
            assertThat(running.statusCode()).isEqualTo(200);
            CompletableFuture<HttpResponse<InputStream>> second = stream(penstock);
            awaitQueued(penstock, 1);
            CompletableFuture<HttpResponse<InputStream>> third = stream(penstock);
            awaitQueued(penstock, 2);

            HttpResponse<InputStream> shed = soon(stream(penstock));
            assertThat(shed.statusCode()).isEqualTo(429);
            assertThat(shed.headers().firstValue("x-error-routing")).hasValue("queue_full");
            assertThat(shed.headers().firstValue("retry-after")).hasValue("1");
            assertThat(new String(shed.body().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"code\":\"queue_full\"", "rate_limit_error");
            assertThat(second.isDone() || third.isDone()).isFalse();

            running.body().close();
            HttpResponse<InputStream> next = soon(second);
            assertThat(next.statusCode()).isEqualTo(200);
            awaitQueued(penstock, 1);
            next.body().close();
            try (InputStream last = soon(third).body()) {
                assertThat(last.read()).isEqualTo('d');
            }
            assertThat(penstock.text()).doesNotContain("Exception");
        }
    }

    @Test
    void shouldUseAnEndpointThatComesWhileRequestsWait() throws Exception {
        try (RunningPenstock penstock = RunningPenstock.serve(configuration(1, "    max-queued: 9\n"))) {
            HttpResponse<InputStream> running = soon(stream(penstock));
            CompletableFuture<HttpResponse<InputStream>> waiting = stream(penstock);
            awaitQueued(penstock, 1);

            configuration(2, "    max-queued: 9\n");

            HttpResponse<InputStream> served = soon(waiting);
            assertThat(served.headers().firstValue("target-pod")).hasValue("e1");
            running.body().close();
            served.body().close();
        }
    }

    @Test
    void shouldForgetAClientThatHasGone() throws Exception {
        try (RunningPenstock penstock = RunningPenstock.serve(configuration(1, "    max-queued: 9\n"))) {
            HttpResponse<InputStream> running = soon(stream(penstock));
            try (Socket leaving = new Socket("127.0.0.1", penstock.port())) {
                leaving.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"
                        + "content-type: application/json\r\ncontent-length: " + body().length() + "\r\n\r\n" + body())
                        .getBytes(StandardCharsets.US_ASCII));
                awaitQueued(penstock, 1);
            }
            awaitQueued(penstock, 0);
            running.body().close();
        }
    }

    @Test
    void shouldRefuseInTimeWhatWaitsInVain() throws Exception {
        try (RunningPenstock penstock = RunningPenstock.serve(configuration(1, "    max-wait: 10s\n"))) {
            HttpResponse<InputStream> running = soon(stream(penstock));
            // The profile has no first tokens: it is refused when its own time is over.
            HttpResponse<InputStream> impatient = soon(stream(penstock, "x-slo-ttft-ms", "200"));
            assertThat(impatient.statusCode()).isEqualTo(429);
            assertThat(impatient.headers().firstValue("x-error-routing")).hasValue("slo_unattainable");

            CompletableFuture<HttpResponse<InputStream>> bulk = stream(penstock, "x-request-priority", "bulk");
            awaitQueued(penstock, 1);
            CompletableFuture<HttpResponse<InputStream>> urgent = stream(penstock, "x-request-priority",
                    "interactive");
            awaitQueued(penstock, 2);
            running.body().close();
            HttpResponse<InputStream> served = soon(urgent);
            assertThat(served.statusCode()).isEqualTo(200);

            HttpResponse<InputStream> late = soon(bulk);
            assertThat(late.statusCode()).isEqualTo(429);
            assertThat(late.headers().firstValue("x-error-routing")).hasValue("queue_timeout");
            assertThat(penstock.admin("/metrics").body()).contains(
                    "penstock_router_events_total{event=\"queue_timeout\",strategy=\"slo\"} 1.0");
            served.body().close();
        }
    }
}
