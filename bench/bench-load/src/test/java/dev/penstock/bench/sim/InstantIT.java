package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InstantIT {
    private static SimFleet fleet(String instant) {
        return SimFleet.builder().model("m").instant(InstantReply.parse(instant)).time(TimeModel.zero()).start();
    }

    @Test
    void shouldAnswerWithABodyOfExactlyTheSize() throws IOException {
        for (int bytes : new int[] {512, 1_536, 16_384}) {
            try (SimFleet fleet = fleet("json:" + bytes)) {
                RawClient.Answer answer = RawClient.post(fleet.engine(0), "/v1/chat/completions", "not even JSON");

                assertThat(answer.body()).hasSize(bytes);
                assertThat(answer.headers()).containsEntry("x-sim-engine", "sim-0");
                assertThat(answer.json().at("/choices/0/message/content").asText()).startsWith("[sim-0]");
                assertThat(answer.json().at("/usage/total_tokens").asInt()).isEqualTo(320);
            }
        }
    }

    @Test
    void shouldAnswerHoweverTheBytesAreCut() throws IOException {
        String wire = RawClient.request("/a", "hello") + RawClient.request("/b", "")
                + RawClient.request("/c", "x".repeat(100), "Connection: keep-alive", "Cookie: c=d");
        try (SimFleet fleet = fleet("json:512")) {
            for (int cut = 1; cut < wire.length(); cut += 3) {
                try (RawClient client = new RawClient(fleet.engine(0))) {
                    client.send(wire.substring(0, cut));
                    client.send(wire.substring(cut));
                    for (int i = 0; i < 3; i++) {
                        assertThat(client.answer().body()).hasSize(512);
                    }
                }
            }
            EngineCounters counters = fleet.engine(0).counters();
            counters.connections().atMost(0).orTimeout(5, TimeUnit.SECONDS).join();
            assertThat(counters.completed().value()).isEqualTo(counters.requests().value());
            assertThat(counters.inFlight().value()).isZero();
        }
    }

    @Test
    void shouldStreamExactlyTheChunks() throws IOException {
        for (String instant : new String[] {"sse:5:1", "sse:5:0", "sse:1:1"}) {
            int chunks = instant.charAt(4) - '0';
            try (SimFleet fleet = fleet(instant); RawClient client = new RawClient(fleet.engine(0))) {
                client.send(RawClient.request("/v1/chat/completions", "{}")
                        + RawClient.request("/v1/chat/completions", "{}"));
                for (int i = 0; i < 2; i++) {
                    assertThat(client.head().headers()).containsEntry("transfer-encoding", "chunked");
                    assertThat(client.chunks()).hasSize(chunks).last().asString().endsWith("data: [DONE]\n\n");
                }
            }
        }
    }

    @Test
    void shouldServeOtherRequestsAsEverAndInOrder() throws IOException {
        try (SimFleet fleet = fleet("sse:3:1"); RawClient client = new RawClient(fleet.engine(0))) {
            client.send(RawClient.request("/v1/chat/completions", "{}") + "GET /version HTTP/1.1\r\n\r\n");
            client.send(RawClient.request("/v1/chat/completions", "{}"));

            assertThat(client.answer().body()).endsWith("data: [DONE]\n\n");
            assertThat(client.answer().json().has("version")).isTrue();
            client.answer();
            client.send("GET /version HTTP/1.1\r\n\r\n");
            assertThat(client.answer().json().has("version")).isTrue();
            client.send(RawClient.request("/v1/chat/completions", "{}"));
            assertThat(client.chunksAfterHead()).hasSize(3);
            assertThat(fleet.engine(0).counters().accepted().value()).isEqualTo(1);
            assertThat(fleet.engine(0).counters().connections().value()).isEqualTo(1);
        }
    }

    @Test
    void shouldNoticeThatTheClientLeft() throws IOException {
        try (SimFleet fleet = fleet("sse:10000:5")) {
            EngineCounters counters = fleet.engine(0).counters();
            try (RawClient client = new RawClient(fleet.engine(0))) {
                client.send(RawClient.request("/v1/chat/completions", "{}"));
                client.head();
                assertThat(counters.inFlight().value()).isEqualTo(1);
            }
            counters.aborted().atLeast(1).orTimeout(5, TimeUnit.SECONDS).join();
            counters.inFlight().atMost(0).orTimeout(5, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void shouldCloseIdleConnections() throws IOException {
        try (SimFleet fleet = SimFleet.builder().instant(new InstantReply.Body(512)).keepAlive(Duration.ofMillis(50))
                .start(); RawClient client = new RawClient(fleet.engine(0))) {
            client.send(RawClient.request("/v1/chat/completions", "{}"));
            client.answer();
            assertThat(client.rest()).isEmpty();
        }
    }
}
