package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every fault, as a client sees it. */
@Timeout(20)
class EngineFaultsIT {
    private static final String PLAIN = "{\"prompt\":\"a\"}";
    private static final String STREAM = "{\"prompt\":\"a\",\"stream\":true}";

    private final SimFleet fleet = SimFleet.builder().model("m").outputTokens(8).time(TimeModel.zero())
            .faultHeader(true).start();
    private final SimEngine engine = fleet.engine(0);

    @AfterEach
    void close() {
        fleet.close();
    }

    private String restAfter(String fault, String body) throws IOException {
        try (RawClient client = new RawClient(engine)) {
            client.send(RawClient.request("/v1/completions", body, "X-Sim-Fault: " + fault));
            return client.rest();
        }
    }

    private void assertNothingPending() {
        engine.counters().inFlight().atMost(0).orTimeout(5, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, STREAM})
    void shouldResetBeforeTheFirstByteAndAfterSoMany(String body) throws IOException {
        assertThat(restAfter("reset", body)).isEqualTo("<RST>");
        assertThat(restAfter("reset-after=5", body)).isEqualTo("HTTP/<RST>");
        assertThat(restAfter("reset-after=300", body)).hasSize(300 + "<RST>".length()).endsWith("<RST>");
        assertNothingPending();
        assertThat(engine.counters().aborted().value()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, STREAM})
    void shouldEndInMidBodyWithAndWithoutAReset(String body) throws IOException {
        assertThat(restAfter("reset-mid-body", body)).startsWith("HTTP/1.1 200 OK").contains("sim-0")
                .doesNotContain("usage", "[DONE]").endsWith("<RST>");
        assertThat(restAfter("close-mid-body", body)).startsWith("HTTP/1.1 200 OK").contains("sim-0")
                .doesNotContain("usage", "[DONE]", "<RST>");
        assertNothingPending();
    }

    @Test
    void shouldHangUntilTheClientLeaves() throws IOException {
        try (RawClient client = new RawClient(engine)) {
            client.send(RawClient.request("/v1/completions", PLAIN, "X-Sim-Fault: hang"));
            engine.counters().requests().atLeast(1).orTimeout(5, TimeUnit.SECONDS).join();
            client.send("GET /health HTTP/1.1\r\n\r\n");
            engine.counters().requests().atLeast(2).orTimeout(5, TimeUnit.SECONDS).join();
            assertThat(engine.counters().completed().value()).isZero();
        }
        engine.counters().aborted().atLeast(2).orTimeout(5, TimeUnit.SECONDS).join();
        assertNothingPending();
    }

    @ParameterizedTest
    @ValueSource(strings = {PLAIN, STREAM})
    void shouldHangAfterTheHead(String body) throws IOException {
        try (RawClient client = new RawClient(engine)) {
            client.send(RawClient.request("/v1/completions", body, "X-Sim-Fault: hang-after-head"));
            assertThat(client.head().statusLine()).isEqualTo("HTTP/1.1 200 OK");
            client.patience(50);
            assertThatThrownBy(client::line).isInstanceOf(SocketTimeoutException.class);
        }
        engine.counters().aborted().atLeast(1).orTimeout(5, TimeUnit.SECONDS).join();
        assertNothingPending();
    }

    @ParameterizedTest
    @ValueSource(strings = {"trickle=0", "slow-head=1", "delay=5", "refuse=1"})
    void shouldAnswerWholeHoweverSlowly(String fault) throws IOException {
        try (RawClient client = new RawClient(engine)) {
            for (String body : new String[] {PLAIN, STREAM, PLAIN}) {
                client.send(RawClient.request("/v1/completions", body, "X-Sim-Fault: " + fault));
                assertThat(client.answer().body()).contains("\"text\":\"[sim-0]");
            }
        }
        assertNothingPending();
    }

    @Test
    void shouldLieAboutTheLength() throws IOException {
        try (RawClient client = new RawClient(engine)) {
            client.send(RawClient.request("/v1/completions", PLAIN, "X-Sim-Fault: length-long"));
            int announced = Integer.parseInt(client.head().headers().get("content-length"));
            assertThat(client.rest()).hasSize(announced - 16).endsWith("}");
        }
        try (RawClient client = new RawClient(engine)) {
            client.send(RawClient.request("/v1/completions", PLAIN, "X-Sim-Fault: length-short")
                    + "GET /health HTTP/1.1\r\n\r\n");
            assertThat(client.answer().body()).startsWith("{\"id\":").doesNotEndWith("}");
            assertThat(client.line()).endsWith("}HTTP/1.1 200 OK");
        }
        assertThat(RawClient.post(engine, "/v1/completions", STREAM, "X-Sim-Fault: length-short, banana").body())
                .contains("expected: refuse, die");
    }

    @Test
    void shouldSendABadHead() throws IOException {
        assertThat(restAfter("bad-head", PLAIN)).startsWith("HTTP/1.1 banana\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 422, 429, 500, 503})
    void shouldAnswerWithAnError(int status) throws IOException {
        RawClient.Answer answer = RawClient.post(engine, "/v1/chat/completions", "{}",
                "X-Sim-Fault: status=" + status + ":7");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("retry-after", "7");
        assertThat(answer.json().at("/error/message").asText()).contains(Integer.toString(status));
        assertThat(answer.json().path("error").has("type")).isTrue();
        assertThat(RawClient.post(engine, "/v1/messages", "{}", "X-Sim-Fault: status=" + status).json()
                .path("type").asText()).isEqualTo("error");
    }

    @Test
    void shouldBreakAStreamWithAnErrorEvent() throws IOException {
        RawClient.Answer answer = RawClient.post(engine, "/v1/completions", STREAM, "X-Sim-Fault: stream-error");

        assertThat(answer.events()).hasSize(5).last().isEqualTo("[DONE]");
        assertThat(answer.events().get(3)).startsWith("{\"error\":{\"message\":");
        assertNothingPending();
        assertThat(RawClient.post(engine, "/v1/completions", PLAIN, "X-Sim-Fault: stream-error").status())
                .isEqualTo(500);
    }

    @Test
    void shouldDieBecauseOfARequestAndComeBack() throws IOException {
        assertThat(restAfter("die=100", PLAIN)).isEqualTo("<RST>");
        assertNothingPending();
        boolean refused = false;
        while (true) {
            try {
                assertThat(RawClient.get(engine, "/health").status()).isEqualTo(200);
                break;
            } catch (ConnectException down) {
                refused = true;
                Thread.onSpinWait();
            }
        }
        assertThat(refused).isTrue();
    }

    @Test
    void shouldStayDownWhenToldToWhateverOutageEndsMeanwhile() throws IOException {
        RawClient.post(engine, "/v1/completions", PLAIN, "X-Sim-Fault: refuse=20");
        engine.die().orTimeout(5, TimeUnit.SECONDS).join();
        engine.comeBack().thenCompose(back -> engine.die()).orTimeout(5, TimeUnit.SECONDS).join();

        assertThatThrownBy(() -> RawClient.get(engine, "/health")).isInstanceOf(ConnectException.class);
        engine.comeBack().orTimeout(5, TimeUnit.SECONDS).join();
        assertThat(RawClient.get(engine, "/health").status()).isEqualTo(200);
    }

    @Test
    void shouldLeaveNothingBehindAfterFaultsAtRandom() throws IOException {
        engine.faultPlan(FaultPlan.parse("10% reset, 10% reset-after=120, 10% reset-mid-body, 10% close-mid-body, "
                + "10% stream-error, 10% length-long, 10% bad-head, 5% status=503:1, 5% slow-head=1"));
        for (int i = 0; i < 400; i++) {
            try (RawClient client = new RawClient(engine)) {
                client.send(RawClient.request("/v1/completions", i % 2 == 0 ? PLAIN : STREAM, "Connection: close"));
                assertThat(client.rest()).isNotEmpty();
            }
        }
        EngineCounters counters = engine.counters();
        assertNothingPending();
        counters.connections().atMost(0).orTimeout(5, TimeUnit.SECONDS).join();
        assertThat(counters.requests().value()).isEqualTo(400);
        assertThat(counters.faulted().value()).isBetween(270L, 370L);
        engine.clearFaults();
        assertThat(RawClient.get(engine, "/metrics").body())
                .contains("vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 0.0");
    }

    @Test
    void shouldMeetFaultsInTheOrderTheyWereQueued() throws IOException {
        engine.faultNext(new Fault.Status(503, -1));
        engine.faultNext(new Fault.Status(429, 1));
        engine.fault(new Fault.Status(500, -1));

        assertThat(RawClient.get(engine, "/health").status()).isEqualTo(503);
        assertThat(RawClient.get(engine, "/health").status()).isEqualTo(429);
        assertThat(RawClient.get(engine, "/health").status()).isEqualTo(500);
        engine.clearFaults();
        assertThat(RawClient.get(engine, "/health").status()).isEqualTo(200);
        assertThat(engine.counters().faulted().value()).isEqualTo(3);
    }

    @Test
    void shouldIgnoreTheHeaderUnlessAllowed() throws IOException {
        try (SimFleet strict = SimFleet.builder().keepAlive(Duration.ZERO).time(TimeModel.zero()).start()) {
            assertThat(RawClient.post(strict.engine(0), "/v1/completions", PLAIN, "X-Sim-Fault: status=500").status())
                    .isEqualTo(200);
        }
    }
}
