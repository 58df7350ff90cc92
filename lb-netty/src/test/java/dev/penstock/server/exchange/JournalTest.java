package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.accesslog.AccessLog;
import dev.penstock.server.config.AccessLogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of a request: to the log, and to the client that asks. */
@Timeout(30)
@SuppressWarnings("NullAway.Init") // JUnit and the first method set them.
class JournalTest {
    @TempDir
    Path folder;

    private final FakeEngine engine = new FakeEngine();
    private final FakeEngine other = new FakeEngine();
    private AccessLog log;
    private TestProxy proxy;
    private RawConnection client;

    @BeforeEach
    void open() {
        log = AccessLog.start(new AccessLogSettings(folder.resolve("log").toString(), 100, 64), Metrics.NONE,
                NanoClock.SYSTEM, Clock.systemUTC());
        proxy = new TestProxy(null, log, engine.port, other.port);
        client = proxy.connect();
    }

    @AfterEach
    void close() {
        client.close();
        proxy.close();
        engine.close();
        other.close();
        log.close();
    }

    private List<JsonNode> logged() throws IOException {
        proxy.awaitIdle();
        log.close();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("log"))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    @Test
    void shouldTellOfThePodThatComputedThePrompt() throws IOException {
        try (TestProxy pairs = new TestProxy(null, log, engine.port, engine.port, other.port);
                RawConnection asking = pairs.connect()) {
            asking.send(Http.chat("routing-strategy: pair-shfs"));
            RawConnection prefill = engine.accept();
            prefill.readMessage();
            prefill.send(Http.ok("{}"));
            RawConnection decode = other.accept();
            decode.readMessage();
            decode.send(Http.ok(Http.ANSWER));
            asking.readMessage();
            pairs.awaitIdle();
        }
        JsonNode line = logged().getFirst();
        assertThat(line.get("pod").textValue()).isEqualTo("pod-2");
        assertThat(line.get("prefill_pod").textValue()).isEqualTo("pod-0");
        assertThat(line.get("prefill_endpoint").textValue()).isEqualTo("127.0.0.1:" + engine.port);
        assertThat(millis(line, "prefill_ms")).isNotNegative();
        assertThat(line.get("prompt_tokens").longValue()).isEqualTo(3);
    }

    private static double millis(JsonNode line, String name) {
        return line.get(name).doubleValue();
    }

    @Test
    void shouldLogACompletedRequest() throws IOException {
        client.send(Http.chat("x-request-id: r1", "authorization: Bearer sk-secret"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok(Http.ANSWER));
        client.readMessage();

        assertThat(logged()).singleElement().satisfies(line -> {
            assertThat(line.toString()).doesNotContain("sk-secret", "hi");
            assertThat(line.get("request_id").asText()).isEqualTo("r1");
            assertThat(line.get("client").asText()).isEqualTo("127.0.0.1");
            assertThat(line.get("path").asText()).isEqualTo("/v1/chat/completions");
            assertThat(line.get("model").asText()).isEqualTo("m");
            assertThat(line.get("strategy").asText()).isEqualTo("first");
            assertThat(line.get("pod").asText()).isEqualTo("pod-0");
            assertThat(line.get("end").asText()).isEqualTo("completed");
            assertThat(line.get("status").asInt()).isEqualTo(200);
            assertThat(line.get("request_bytes").asInt()).isEqualTo(Http.CHAT.length());
            assertThat(line.get("response_bytes").asInt()).isEqualTo(Http.ANSWER.length());
            assertThat(line.get("prompt_tokens").asInt()).isEqualTo(3);
            assertThat(line.get("completion_tokens").asInt()).isEqualTo(5);
            assertThat(millis(line, "overhead_ms")).isPositive();
            assertThat(millis(line, "connect_ms")).isPositive();
            assertThat(millis(line, "total_ms")).isGreaterThanOrEqualTo(millis(line, "first_byte_ms"))
                    .isGreaterThanOrEqualTo(millis(line, "overhead_ms"));
        });
        assertThat(proxy.count("gateway_total_time_bucketmodel/m/bucket/0-100ms")
                + proxy.count("gateway_total_time_bucketmodel/m/bucket/100-250ms")).isEqualTo(1);
    }

    @Test
    void shouldLogWhyARequestWasSentOnceMore() throws IOException {
        client.send(Http.chat());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.answer("503 Service Unavailable", "{}"));
        RawConnection second = other.accept();
        second.readMessage();
        second.send(Http.ok("{}"));
        client.readMessage();

        assertThat(logged()).singleElement().satisfies(line -> {
            assertThat(line.get("retries")).singleElement().returns("overloaded", JsonNode::asText);
            assertThat(line.get("pod").asText()).isEqualTo("pod-1");
            assertThat(line.get("prompt_tokens").isNull()).isTrue();
        });
    }

    @Test
    void shouldLogWhatNoPodHasSeen() throws IOException {
        client.send(Http.get("/nothing?key=secret"));
        RawConnection.Message answer = client.readMessage();

        assertThat(logged()).singleElement().satisfies(line -> {
            assertThat(line.get("end").asText()).isEqualTo("unknown_path");
            assertThat(line.get("status").asInt()).isEqualTo(501);
            assertThat(line.get("path").asText()).isEqualTo("/nothing");
            assertThat(line.get("pod").isNull()).isTrue();
            assertThat(line.get("overhead_ms").isNull()).isTrue();
            assertThat(line.get("response_bytes").asInt()).isEqualTo(answer.body().length());
        });
    }

    @Test
    void shouldLogAClientThatGoesInTheMidstOfAStream() throws IOException {
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("{}")));
        client.readHead();
        client.readChunk();
        client.reset();

        assertThat(logged()).singleElement().satisfies(line -> {
            assertThat(line.get("end").asText()).isEqualTo("client_gone");
            assertThat(line.get("status").asInt()).isEqualTo(499);
            assertThat(line.get("stream").asBoolean()).isTrue();
            assertThat(line.get("first_byte_ms").isNull()).isFalse();
            assertThat(line.get("response_bytes").asInt()).isPositive();
        });
    }

    @Test
    void shouldNotCountAsOwnThatAPodTellsItsHeadLongBeforeItsAnswer() throws IOException {
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD);
        client.readHead();
        long begun = System.nanoTime();
        try (RawConnection meanwhile = proxy.connect()) {
            for (int i = 0; i < 50; i++) {
                meanwhile.send(Http.get("/v1/models"));
                meanwhile.readMessage();
            }
        }
        double pauseMillis = (System.nanoTime() - begun) / 1e6;
        pod.send(Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        client.readUntil(Http.LAST_CHUNK);

        assertThat(logged()).filteredOn(line -> line.get("stream").asBoolean()).singleElement().satisfies(
                line -> assertThat(millis(line, "overhead_ms") + pauseMillis).isLessThan(millis(line, "total_ms")));
    }

    @Test
    void shouldLogAWebSocketWithWhatWentThroughIt() throws IOException {
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = engine.accept();
        pod.readHead();
        pod.send(Handshakes.ACCEPTED);
        client.readHead();
        client.send("to the pod");
        assertThat(pod.read(10)).isEqualTo("to the pod");
        pod.send("back");
        assertThat(client.read(4)).isEqualTo("back");
        pod.close();
        assertThat(client.readToEnd()).isEmpty();
        client.close();

        assertThat(logged()).singleElement().satisfies(line -> {
            assertThat(line.get("status").asInt()).isEqualTo(101);
            assertThat(line.get("end").asText()).isEqualTo("completed");
            assertThat(line.get("api").asText()).isEqualTo("realtime");
            assertThat(line.get("request_bytes").asInt()).isEqualTo(10);
            assertThat(line.get("response_bytes").asInt()).isEqualTo(4);
        });
        assertThat(proxy.counts.keySet()).noneMatch(series -> series.startsWith("gateway_total_time_bucket"));
    }

    @Test
    void shouldTellTheClientThatAsksWhereTheTimeWent() {
        client.send(Http.chat("x-penstock-timing: true"));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().head()).doesNotContain("x-penstock-timing");
        pod.send(Http.ok("{}"));

        assertThat(client.readMessage().header("server-timing")).matches("queue;dur=\\d+\\.\\d{3}, "
                + "routing;dur=\\d+\\.\\d{3}, connect;dur=\\d+\\.\\d{3}, pod;dur=\\d+\\.\\d{3}, "
                + "overhead;dur=\\d+\\.\\d{3}, total;dur=\\d+\\.\\d{3}");
    }

    @Test
    void shouldLogAndTellOverHttp2AsOverHttp1() throws IOException {
        try (Http2Client h2 = new Http2Client(proxy.address())) {
            Http2Client.Stream stream = h2.chat("x-penstock-timing: true");
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send(Http.ok(Http.ANSWER));

            assertThat(stream.answer().header("server-timing")).startsWith("queue;dur=");
        }
        assertThat(logged()).singleElement().satisfies(line -> {
            assertThat(line.get("protocol").asText()).isEqualTo("HTTP/2");
            assertThat(line.get("client").asText()).isEqualTo("127.0.0.1");
            assertThat(line.get("response_bytes").asInt()).isEqualTo(Http.ANSWER.length());
        });
    }

    @ParameterizedTest
    @CsvSource({"x-penstock-routing: true,marking=first", "x-penstock-routing: 1,", "accept: */*,"})
    void shouldTellTheClientThatAsksHowItWasRouted(String asking, @Nullable String told) {
        client.send(Http.chat("routing-strategy: marking", asking));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().head()).doesNotContain("x-penstock-routing");
        pod.send(Http.ok("{}"));

        assertThat(client.readMessage().header("x-penstock-routing")).isEqualTo(told);
    }

    @Test
    void shouldTellNobodyWhoDoesNotAsk() {
        client.send(Http.get("/v1/models"));
        assertThat(client.readMessage().header("server-timing")).isNull();
    }
}
