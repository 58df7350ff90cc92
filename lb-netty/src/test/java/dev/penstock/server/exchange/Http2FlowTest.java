package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Good requests over HTTP/2, which behave as they do over HTTP/1. */
@Timeout(30)
class Http2FlowTest {
    private static final String USAGE = "{\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":6,"
            + "\"total_tokens\":10}}";

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final Http2Client client = new Http2Client(proxy.address());

    @AfterEach
    void close() {
        proxy.awaitIdle();
        client.close();
        proxy.close();
        engine.close();
    }

    @Test
    void shouldRelayARequestAndItsAnswer() throws InterruptedException {
        Http2Client.Stream stream = client.chat("x-request-id: my-id", "x-custom: kept", "authorization: Bearer k");
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.firstLine()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
        assertThat(request.body()).isEqualTo(Http.CHAT);
        assertThat(request.header("host")).isEqualTo("127.0.0.1:" + engine.port);
        assertThat(request.header("content-length")).isEqualTo(String.valueOf(Http.CHAT.length()));
        assertThat(request.header("x-custom")).isEqualTo("kept");
        assertThat(request.header("authorization")).isEqualTo("Bearer k");
        assertThat(request.header("x-request-id")).isEqualTo("my-id");
        assertThat(request.head()).doesNotContain(":method", ":path", "test");
        pod.send(Http.ok(Http.ANSWER, "X-Engine: vLLM", "connection: x-hop", "x-hop: 1", "keep-alive: timeout=5",
                "proxy-status: secret"));
        Http2Client.Answer answer = stream.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Http.ANSWER);
        assertThat(answer.header("content-length")).isEqualTo(String.valueOf(Http.ANSWER.length()));
        assertThat(answer.header("x-engine")).isEqualTo("vLLM");
        assertThat(answer.header("target-pod")).isEqualTo("pod-0");
        assertThat(answer.header("request-id")).isEqualTo("my-id");
        for (String dropped : List.of("connection", "keep-alive", "x-hop", "proxy-status", "transfer-encoding")) {
            assertThat(answer.header(dropped)).as(dropped).isNull();
        }
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(3, 5));
        assertThat(proxy.count("penstock_client_connectionsprotocol/h2")).isEqualTo(1);
    }

    @Test
    void shouldSendEachChunkOnWhenItArrives() {
        Http2Client.Stream stream = client.stream();
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD);
        assertThat(stream.head().headers().get("content-type")).hasToString("text/event-stream");
        for (int i = 0; i < 20; i++) {
            // The next one is not sent before the client has this one.
            pod.send(Http.chunk(Http.event("{\"n\":" + i + "}")));
            assertThat(stream.data()).isEqualTo(Http.event("{\"n\":" + i + "}"));
        }
        pod.send(Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        assertThat(stream.data()).isEqualTo(Http.event("[DONE]"));
    }

    @Test
    void shouldAskForUsageAndTakeItOutAgain() throws InterruptedException {
        Http2Client.Stream stream = client.stream();
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).startsWith("{\"stream_options\":{\"include_usage\":true},");
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("{\"n\":1}")) + Http.chunk(Http.event(USAGE))
                + Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        assertThat(stream.answer().body()).isEqualTo(Http.event("{\"n\":1}") + Http.event("[DONE]"));
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(4, 6));
    }

    @Test
    void shouldServeManyStreamsAtOnce() {
        List<Http2Client.Stream> streams = new ArrayList<>();
        List<RawConnection> pods = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(client.chat("x-request-id: r" + i));
        }
        for (int i = 0; i < 100; i++) {
            pods.add(engine.accept());
        }
        for (RawConnection pod : pods) {
            String id = pod.readMessage().header("x-request-id");
            pod.send(Http.ok("{\"id\":\"" + id + "\"}"));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(streams.get(i).answer().body()).isEqualTo("{\"id\":\"r" + i + "\"}");
        }
        pods.forEach(RawConnection::close);
    }

    @Test
    void shouldSendALargeBodyUnchanged() {
        String body = Http.CHAT.replace("hi", "y".repeat(250_000));
        Http2Client.Stream stream = client.post("/v1/chat/completions", body);
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).isEqualTo(body);
        pod.send(Http.ok("{}"));
        assertThat(stream.answer().status()).isEqualTo(200);
    }

    @Test
    void shouldSendALargeAnswerUnchanged() {
        String body = "z".repeat(700_000);
        Http2Client.Stream stream = client.chat();
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok(body));
        assertThat(stream.answer().body()).isEqualTo(body);
    }

    @Test
    void shouldAnswerExpectBeforeTheBody() {
        Http2Client.Stream stream = client.begin("POST", "/v1/chat/completions", false, "expect: 100-continue");
        assertThat(stream.head().headers().status()).hasToString("100");
        stream.send(Http.CHAT, true);
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().header("expect")).isNull();
        pod.send(Http.ok("{}"));
        assertThat(stream.answer().body()).isEqualTo("{}");
    }

    @Test
    void shouldListModelsWithGetAndHead() {
        Http2Client.Answer all = client.get("/v1/models").answer();
        assertThat(all.body()).startsWith("{\"object\":\"list\"");
        Http2Client.Event.Head head = client.begin("HEAD", "/v1/models", true).head();
        assertThat(head.last()).isTrue();
        assertThat(head.headers().get("content-length")).hasToString(String.valueOf(all.body().length()));
        assertThat(client.post("/v1/models", "{}").answer().header("allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void shouldJoinCookies() {
        Http2Client.Stream stream = client.chat("cookie: a=1", "x-between: 1", "cookie: b=2", "cookie: c=3");
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.header("cookie")).isEqualTo("a=1; b=2; c=3");
        assertThat(request.head().split("cookie", -1)).hasSize(2);
        pod.send(Http.ok("{}"));
        stream.answer();
    }

    @Test
    void shouldForwardAMultipartBodyWhileItFlows() {
        String first = String.join("\r\n", "--b", "content-disposition: form-data; name=\"model\"", "", "m", "--b",
                "content-disposition: form-data; name=\"file\"; filename=\"a.wav\"", "", "");
        String audio = "x".repeat(100_000);
        String end = "\r\n--b--\r\n";
        Http2Client.Stream stream = client.begin("POST", "/v1/audio/transcriptions", false,
                "content-type: multipart/form-data; boundary=b");
        stream.send(first, false);
        RawConnection pod = engine.accept();
        assertThat(pod.readHead()).contains("transfer-encoding: chunked");
        assertThat(pod.readChunk()).isEqualTo(first);
        stream.send(audio, false);
        StringBuilder flowed = new StringBuilder();
        while (flowed.length() < audio.length()) {
            flowed.append(pod.readChunk());
        }
        assertThat(flowed.toString()).isEqualTo(audio);
        stream.send(end, true);
        assertThat(pod.readChunk()).isEqualTo(end);
        assertThat(pod.readChunk()).isEmpty();
        pod.send(Http.ok("{\"text\":\"\"}"));
        assertThat(stream.answer().body()).isEqualTo("{\"text\":\"\"}");
    }

    @Test
    void shouldStillServeHttp1OnTheSamePort() {
        try (RawConnection old = proxy.connect()) {
            old.send("P");
            old.send(Http.get("/v1/models").replace("GET", "UT") + Http.get("/v1/models"));
            assertThat(old.readMessage().status()).isEqualTo(405);
            assertThat(old.readMessage().status()).isEqualTo(200);
        }
        assertThat(proxy.count("penstock_client_connectionsprotocol/http/1.1")).isEqualTo(1);
    }

    @Test
    void shouldNotListenToUpgrades() {
        try (RawConnection old = proxy.connect()) {
            old.send(Http.chat("connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__"));
            RawConnection pod = engine.accept();
            assertThat(pod.readMessage().head()).doesNotContain("h2c", "AAMA");
            pod.send(Http.ok("{}"));
            assertThat(old.readMessage().status()).isEqualTo(200);
        }
    }
}
