package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.LiveSettings.UsageMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that do not come to their end, and what clients are told: an event, and an end that is none. */
@Timeout(30)
class BrokenStreamTest {
    private static final String EVENT = Http.event("{\"n\":1}");
    private static final String ERROR = "data: {\"error\":{\"message\":\"the endpoint closed the connection\"";
    private static final String ENDLESS_HEAD = Http.head("HTTP/1.1 200 OK", "content-type: text/event-stream");

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private RawConnection stream(String request, String head) {
        client.send(request);
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(head);
        return pod;
    }

    /** Where a chunked body stands when its pod breaks off, in words of how the client gets it. */
    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1e", "1e\r", "1e;a=b", "1e\r\n", "1e\r\ndata: {\"half\":",
        "f\r\ndata: {\"m\":2}\n\n", "f\r\ndata: {\"m\":2}\n\n\r"})
    void shouldTellTheErrorWhereverThePodStops(String rest) {
        RawConnection pod = stream(Http.stream(), Http.SSE_HEAD + Http.chunk(EVENT));
        client.readHead();
        assertThat(client.readChunk()).isEqualTo(EVENT);
        pod.send(rest);
        pod.close();
        StringBuilder told = new StringBuilder();
        while (!told.toString().contains(ERROR)) {
            String chunk = client.readChunk();
            assertThat(chunk).isNotEmpty();
            told.append(chunk);
        }
        assertThat(told.toString()).endsWith("}\n\n").contains("\n\n" + ERROR).doesNotContain("[DONE]");
        assertThat(client.readToEnd()).isEmpty();
    }

    /** Without a filter of ours, what the client has is what the pod has sent: an event fits in only between chunks. */
    @ParameterizedTest
    @CsvSource({"'', true", "1, false", "11;a=b, false", "'11\r\n', true", "'11\r\ndata: {', true",
        "'f\r\ndata: {\"m\":2}\n\n', false"})
    void shouldTellTheErrorWhereChunksLeaveRoom(String rest, boolean room) {
        proxy.settings.usage = UsageMode.ESTIMATE;
        RawConnection pod = stream(Http.stream(), Http.SSE_HEAD + Http.chunk(EVENT));
        client.readHead();
        assertThat(client.readChunk()).isEqualTo(EVENT);
        String sent = rest.replace("\\r", "\r").replace("\\n", "\n");
        pod.send(sent);
        assertThat(client.read(sent.length())).isEqualTo(sent);
        pod.close();
        String told = client.readToEnd();
        assertThat(told.contains(ERROR)).isEqualTo(room);
        assertThat(told).doesNotContain("0\r\n\r\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"INJECT", "ESTIMATE"})
    void shouldBreakOffWhatIsNoChunk(UsageMode usage) {
        proxy.settings.usage = usage;
        RawConnection pod = stream(Http.stream(), Http.SSE_HEAD + Http.chunk(EVENT));
        client.readHead();
        assertThat(client.readChunk()).isEqualTo(EVENT);
        pod.send("no chunk\r\n");
        String told = client.readToEnd();
        assertThat(told.contains("the endpoint sent a malformed response")).isEqualTo(usage == UsageMode.INJECT);
        assertThat(told).doesNotContain("0\r\n\r\n");
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }

    @Test
    void shouldTellAClientOfMessagesInItsShape() {
        RawConnection pod = stream(Http.post("/v1/messages", Http.STREAM), Http.SSE_HEAD + Http.chunk(EVENT));
        client.readHead();
        client.readChunk();
        pod.reset();
        assertThat(client.readChunk()).isEqualTo("\n\nevent: error\ndata: {\"type\":\"error\",\"error\":"
                + "{\"type\":\"api_error\",\"message\":\"the endpoint closed the connection\"}}\n\n");
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldTellAClientOfResponsesInItsShape() {
        String body = "{\"model\":\"m\",\"stream\":true,\"input\":\"hi\"}";
        RawConnection pod = stream(Http.post("/v1/responses", body), Http.SSE_HEAD + Http.chunk(EVENT));
        client.readHead();
        client.readChunk();
        pod.reset();
        assertThat(client.readChunk()).startsWith("\n\nevent: error\ndata: {\"type\":\"error\","
                + "\"code\":\"bad_gateway\",\"message\":\"the endpoint closed the connection\","
                + "\"param\":null,\"error\":{\"message\":");
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldTellAndResetAClientOfHttp10() {
        RawConnection pod = stream(Http.stream().replace("HTTP/1.1", "HTTP/1.0"), Http.SSE_HEAD + Http.chunk(EVENT));
        client.readUntil(EVENT);
        pod.reset();
        // The reset tells that this is not the end.
        assertThat(client.readToEnd()).contains(ERROR).endsWith("<reset>");
    }

    @Test
    void shouldTellWhereAStreamOfKnownLengthIsCounted() {
        RawConnection pod = stream(Http.stream(), "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                + "content-length: 100\r\n\r\n" + EVENT);
        assertThat(client.readHead()).contains("chunked");
        assertThat(client.readChunk()).isEqualTo(EVENT);
        pod.close();
        assertThat(client.readChunk()).contains(ERROR);
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldLeaveAStreamOfKnownLengthShort() {
        proxy.settings.usage = UsageMode.ESTIMATE;
        RawConnection pod = stream(Http.stream(), "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                + "content-length: 100\r\n\r\n" + EVENT);
        assertThat(client.readHead()).contains("content-length: 100");
        assertThat(client.read(EVENT.length())).isEqualTo(EVENT);
        pod.close();
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldNotTakeAResetForTheEndOfAStreamThatLastsUntilItsConnectionEnds() {
        RawConnection pod = stream(Http.stream(), ENDLESS_HEAD + EVENT);
        client.readHead();
        assertThat(client.readChunk()).isEqualTo(EVENT);
        pod.reset();
        assertThat(client.readChunk()).contains(ERROR);
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldTakeTheEndOfTheConnectionForTheEndOfSuchAStream() {
        RawConnection pod = stream(Http.stream(), ENDLESS_HEAD + EVENT);
        pod.close();
        assertThat(client.readMessage().body()).isEqualTo(EVENT);
    }

    @Test
    void shouldPassAnErrorThatThePodTellsAndItsEndWithoutDone() {
        String error = Http.event("{\"error\":{\"message\":\"mine\",\"code\":500}}");
        stream(Http.stream(), Http.SSE_HEAD + Http.chunk(EVENT) + Http.chunk(error) + Http.LAST_CHUNK).close();
        assertThat(client.readMessage().body()).isEqualTo(EVENT + error);
    }

    @Test
    void shouldPassAnEndWithoutDoneAndKeepTheConnection() {
        RawConnection pod = stream(Http.stream(), Http.SSE_HEAD + Http.chunk(EVENT) + Http.LAST_CHUNK);
        assertThat(client.readMessage().body()).isEqualTo(EVENT);
        client.send(Http.chat());
        pod.readMessage();
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
    }

    @Test
    void shouldTellATimeoutInTheMidstOfALine() {
        proxy.settings.idleMillis = 60;
        RawConnection pod = stream(Http.stream(), Http.SSE_HEAD + Http.chunk(EVENT) + "40\r\ndata: {\"half\":");
        assertThat(client.readToEnd())
                .contains("\n\ndata: {\"error\":{\"message\":\"timed out waiting for the next chunk\"")
                .doesNotContain("0\r\n\r\n");
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }
}
