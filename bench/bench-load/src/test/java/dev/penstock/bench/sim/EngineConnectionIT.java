package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens on one connection, and to the port. */
@Timeout(20)
class EngineConnectionIT {
    private static final String ENDLESS = "{\"prompt\":\"a\",\"stream\":true,\"max_tokens\":20000,\"ignore_eos\":true}";

    private static SimFleet.Builder quick() {
        return SimFleet.builder().model("m").outputTokens(2).time(TimeModel.zero());
    }

    private static void await(CompletableFuture<?> future) {
        future.orTimeout(5, TimeUnit.SECONDS).join();
    }

    @Test
    void shouldServeOneRequestAfterTheOtherOnOneConnectionPipelinedToo() throws IOException {
        try (SimFleet fleet = quick().start(); RawClient client = new RawClient(fleet.engine(0))) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                String body = "{\"prompt\":\"a\",\"stream\":" + (i % 2 == 0) + "}";
                requests.append(RawClient.request("/v1/completions", body, "X-Request-Id: " + i));
            }
            client.send(requests.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(client.answer().headers()).containsEntry("x-request-id", Integer.toString(i));
            }
            EngineCounters counters = fleet.engine(0).counters();
            assertThat(counters.accepted().value()).isEqualTo(1);
            assertThat(counters.requests().value()).isEqualTo(50);
            assertThat(counters.completed().value()).isEqualTo(50);
            assertThat(counters.inFlight().value()).isZero();
        }
    }

    @Test
    void shouldCloseAfterHttp10AndWhenAsked() throws IOException {
        try (SimFleet fleet = quick().start()) {
            try (RawClient old = new RawClient(fleet.engine(0))) {
                String body = "{\"prompt\":\"a\",\"stream\":true}";
                old.send("POST /v1/completions HTTP/1.0\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                assertThat(old.rest()).contains("connection: close\r\n").endsWith("data: [DONE]\n\n")
                        .doesNotContain("chunked");
            }
            try (RawClient last = new RawClient(fleet.engine(0))) {
                last.send("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n");
                assertThat(last.rest()).startsWith("HTTP/1.1 200 OK").endsWith("connection: close\r\n\r\n");
            }
        }
    }

    @Test
    void shouldAnswerAnExpectationAndRejectGarbage() throws IOException {
        try (SimFleet fleet = quick().start()) {
            try (RawClient client = new RawClient(fleet.engine(0))) {
                client.send("POST /v1/completions HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\n");
                assertThat(client.head().statusLine()).isEqualTo("HTTP/1.1 100 Continue");
                client.send("{\"prompt\":\"a\"}");
                assertThat(client.answer().status()).isEqualTo(200);
            }
            try (RawClient client = new RawClient(fleet.engine(0))) {
                client.send("garbage\r\n\r\n");
                assertThat(client.rest()).startsWith("HTTP/1.1 400").endsWith("\r\n\r\nInvalid HTTP request received.");
            }
        }
    }

    @Test
    void shouldCloseIdleConnectionsAndSayWhenIfAsked() throws IOException {
        try (SimFleet fleet = quick().keepAlive(Duration.ofMillis(50)).start();
                RawClient client = new RawClient(fleet.engine(0))) {
            client.send("GET /health HTTP/1.1\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.rest()).isEmpty();
        }
        try (SimFleet fleet = quick().announceKeepAlive(true).start()) {
            assertThat(RawClient.get(fleet.engine(0), "/health").headers())
                    .containsEntry("connection", "keep-alive").containsEntry("keep-alive", "timeout=5");
        }
    }

    @Test
    void shouldStopGeneratingWhenTheClientLeaves() throws IOException {
        try (SimFleet fleet = SimFleet.builder().model("m").time(new TimeModel(0, 1_000_000, 0, 8)).start()) {
            SimEngine engine = fleet.engine(0);
            try (RawClient client = new RawClient(engine)) {
                client.send(RawClient.request("/v1/completions", ENDLESS));
                await(engine.counters().tokens().atLeast(3));
                assertThat(engine.counters().inFlight().value()).isEqualTo(1);
            }
            await(engine.counters().aborted().atLeast(1));
            await(engine.counters().inFlight().atMost(0));
            await(engine.counters().connections().atMost(0));
            assertThat(RawClient.get(engine, "/metrics").body()).contains(
                    "num_requests_running{engine=\"0\",model_name=\"m\"} 0.0",
                    "kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.0");
        }
    }

    @Test
    void shouldKeepTheBytesOfRequestsWhenAsked() throws IOException {
        try (SimFleet fleet = quick().start(); RawClient client = new RawClient(fleet.engine(0))) {
            SimEngine engine = fleet.engine(0);
            engine.capture(2);
            String second = String.join("\r\n", "POST /v1/completions?x=1 HTTP/1.1", "X-ODD :  kept ",
                    "Transfer-Encoding: chunked", "", "5;a=b", "{\"pro", "9", "mpt\":\"é\"", "1", "}", "0", "", "");
            client.send(RawClient.request("/v1/completions", "{\"prompt\":\"1\"}"));
            client.answer();
            client.send(RawClient.request("/v1/completions", "{\"prompt\":\"2\"}"));
            client.answer();
            client.send(second);
            assertThat(client.answer().status()).isEqualTo(200);

            assertThat(engine.captured()).hasSize(2);
            assertThat(engine.captured().getFirst().bodyText()).isEqualTo("{\"prompt\":\"2\"}");
            assertThat(engine.captured().getLast().wire()).isEqualTo(second.getBytes(StandardCharsets.UTF_8));
            assertThat(engine.captured().getLast().bodyText()).isEqualTo("{\"prompt\":\"é\"}");
        }
    }

    @Test
    void shouldDieAndComeBackOnTheSamePort() throws IOException {
        try (SimFleet fleet = quick().start()) {
            SimEngine engine = fleet.engine(0);
            int port = engine.port();
            engine.fault(new Fault.Hang());
            try (RawClient client = new RawClient(engine)) {
                client.send("GET /health HTTP/1.1\r\n\r\n");
                await(engine.counters().requests().atLeast(1));
                await(engine.die());
                assertThat(client.rest()).isEqualTo("<RST>");
            }
            assertThatThrownBy(() -> new RawClient(engine)).isInstanceOf(ConnectException.class);
            await(engine.counters().inFlight().atMost(0));
            engine.clearFaults();
            await(engine.comeBack());
            assertThat(engine.port()).isEqualTo(port);
            assertThat(RawClient.get(engine, "/health").status()).isEqualTo(200);
            assertThat(engine.counters().aborted().value()).isZero();
        }
    }

    @Test
    void shouldServeOpenConnectionsWhileRefusingNewOnes() throws IOException {
        try (SimFleet fleet = quick().start(); RawClient open = new RawClient(fleet.engine(0))) {
            SimEngine engine = fleet.engine(0);
            await(engine.counters().accepted().atLeast(1));
            await(engine.stopListening());
            assertThatThrownBy(() -> new RawClient(engine)).isInstanceOf(ConnectException.class);
            open.send("GET /health HTTP/1.1\r\n\r\n");
            assertThat(open.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldSayWhenAPortIsTaken() throws IOException {
        try (SimFleet fleet = quick().start()) {
            assertThatThrownBy(() -> quick().port(fleet.engine(0).port()).start())
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("cannot listen");
        }
        assertThatThrownBy(() -> quick().kvCache(0, 1).start()).isInstanceOf(IllegalArgumentException.class);
    }
}
