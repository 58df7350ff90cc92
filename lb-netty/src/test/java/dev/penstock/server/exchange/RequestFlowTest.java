package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Usage;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that go well, however they are sent. */
@Timeout(30)
class RequestFlowTest {
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

    @Test
    void shouldRelayChatAndKeepBothConnections() throws InterruptedException {
        client.send(Http.chat());
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.firstLine()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
        assertThat(request.body()).isEqualTo(Http.CHAT);
        pod.send(Http.ok(Http.ANSWER));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Http.ANSWER);
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(new Usage(3, 5));
        proxy.awaitIdle();

        client.send(Http.chat());
        assertThat(pod.readMessage().body()).isEqualTo(Http.CHAT);
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().body()).isEqualTo("{}");
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() {
        client.send(Http.chat() + Http.get("/v1/models") + Http.chat("x-request-id: third"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{\"n\":1}"));
        assertThat(client.readMessage().body()).isEqualTo("{\"n\":1}");
        assertThat(client.readMessage().body()).startsWith("{\"object\":\"list\"");
        assertThat(pod.readMessage().header("x-request-id")).isEqualTo("third");
        pod.send(Http.ok("{\"n\":3}"));
        assertThat(client.readMessage().body()).isEqualTo("{\"n\":3}");
    }

    @Test
    void shouldTakeARequestByteByByte() {
        for (byte b : Http.chat().getBytes(StandardCharsets.US_ASCII)) {
            client.send(new byte[] {b});
        }
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).isEqualTo(Http.CHAT);
        for (byte b : Http.ok(Http.ANSWER).getBytes(StandardCharsets.US_ASCII)) {
            pod.send(new byte[] {b});
        }
        assertThat(client.readMessage().body()).isEqualTo(Http.ANSWER);
    }

    @Test
    void shouldSendAChunkedRequestWithItsLength() {
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
        client.send(Http.chunk(Http.CHAT.substring(0, 20)));
        client.send(Http.chunk(Http.CHAT.substring(20)) + Http.LAST_CHUNK);
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.body()).isEqualTo(Http.CHAT);
        assertThat(request.header("content-length")).isEqualTo(Integer.toString(Http.CHAT.length()));
        assertThat(request.header("transfer-encoding")).isNull();
        pod.send(Http.ok("{}"));
        client.readMessage();
    }

    @Test
    void shouldDeframeForHttp10AndClose() {
        client.send(Http.stream().replace("HTTP/1.1", "HTTP/1.0"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")) + Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        String answer = client.readToEnd();
        assertThat(answer).contains("connection: close").doesNotContain("chunked")
                .endsWith("\r\n\r\n" + Http.event("1") + Http.event("[DONE]"));
    }

    @Test
    void shouldChunkForHttp11WhatEndsWithTheConnection() {
        client.send(Http.chat());
        try (RawConnection pod = engine.accept()) {
            pod.readMessage();
            pod.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{}");
        }
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.header("transfer-encoding")).isEqualTo("chunked");
        assertThat(answer.body()).isEqualTo("{}");
    }

    @Test
    void shouldListModelsWithGetAndHead() {
        client.send("HEAD /v1/models HTTP/1.1\r\nhost: t\r\n\r\n" + Http.get("/v1/models/") + Http.get("/v1/models/m")
                + Http.get("/v1/models/x") + Http.post("/v1/models", "{}"));
        String head = client.readHead();
        RawConnection.Message all = client.readMessage();
        assertThat(head).contains("content-length: " + all.body().length());
        assertThat(all.body()).isEqualTo("{\"object\":\"list\",\"data\":["
                + "{\"id\":\"empty\",\"object\":\"model\",\"created\":0,\"owned_by\":\"aibrix\"},"
                + "{\"id\":\"m\",\"object\":\"model\",\"created\":0,\"owned_by\":\"aibrix\"}]}");
        assertThat(client.readMessage().body()).startsWith("{\"id\":\"m\"");
        assertThat(client.readMessage().status()).isEqualTo(400);
        RawConnection.Message refused = client.readMessage();
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void shouldNormalizeThePathAndKeepTheQuery() {
        client.send(Http.post("/v1//chat/./completions/?trace=1&a=%20b", Http.CHAT));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().firstLine()).isEqualTo("POST /v1/chat/completions?trace=1&a=%20b HTTP/1.1");
        pod.send(Http.ok("{}"));
        client.readMessage();
    }

    @Test
    void shouldAnswerExpectBeforeTheBody() {
        String request = Http.chat("expect: 100-continue");
        client.send(request.substring(0, request.indexOf("\r\n\r\n") + 4));
        assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        client.send(Http.CHAT);
        RawConnection pod = engine.accept();
        RawConnection.Message forwarded = pod.readMessage();
        assertThat(forwarded.body()).isEqualTo(Http.CHAT);
        assertThat(forwarded.header("expect")).isNull();
        pod.send(Http.ok("{}"));
        client.readMessage();
    }

    @Test
    void shouldForwardEndToEndHeadersOnly() {
        client.send(Http.chat("authorization: Bearer k", "Connection: keep-alive, X-Secret", "x-secret: 1",
                "te: trailers", "upgrade: h2c", "target-pod: 6.6.6.6:1", "x-prefiller-url: http://evil",
                "x-data-parallel-host-port: evil", "x-request-id: my-id", "X-Custom: kept"));
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.header("host")).isEqualTo("127.0.0.1:" + engine.port);
        assertThat(request.header("target-pod")).isEqualTo("127.0.0.1:" + engine.port);
        assertThat(request.head()).doesNotContain("6.6.6.6", "evil", "x-secret", "trailers", "h2c");
        assertThat(request.header("authorization")).isEqualTo("Bearer k");
        assertThat(request.header("x-custom")).isEqualTo("kept");
        assertThat(request.header("x-request-id")).isEqualTo("my-id");
        assertThat(request.header("routing-strategy")).isEqualTo("first");
        assertThat(request.header("x-went-into-req-headers")).isEqualTo("true");
        pod.send(Http.ok("{}", "x-engine: vllm", "target-pod: not-me", "keep-alive: timeout=5"));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.header("x-went-into-req-headers")).isEqualTo("true");
        assertThat(answer.header("request-id")).isEqualTo("my-id");
        assertThat(answer.header("routing-strategy")).isEqualTo("first");
        assertThat(answer.header("target-pod")).isEqualTo("pod-0");
        assertThat(answer.header("target-pod-ip")).isEqualTo("127.0.0.1:" + engine.port);
        assertThat(answer.header("x-engine")).isEqualTo("vllm");
        assertThat(answer.head()).doesNotContain("not-me", "keep-alive");
    }

    @Test
    void shouldMakeTheRequestIdOfTheTraceOrAtRandom() {
        client.send(Http.chat("x-request-id: not valid!",
                "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().header("x-request-id")).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        pod.send(Http.ok("{}"));
        client.readMessage();
        client.send(Http.chat());
        assertThat(pod.readMessage().header("x-request-id"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        pod.send(Http.ok("{}"));
        client.readMessage();
    }

    @Test
    void shouldFindAStoredResponseByItsPin() {
        client.send(Http.post("/v1/responses", "{\"model\":\"m\",\"input\":\"hi\"}"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{\"id\":\"resp_1\"}"));
        client.readMessage();
        assertThat(proxy.pinned).containsKey("resp_1");
        client.send(Http.get("/v1/responses/resp_1/input_items?limit=2"));
        assertThat(pod.readMessage().firstLine()).isEqualTo("GET /v1/responses/resp_1/input_items?limit=2 HTTP/1.1");
        pod.send(Http.ok("{\"data\":[]}"));
        assertThat(client.readMessage().body()).isEqualTo("{\"data\":[]}");
        client.send(Http.post("/v1/responses/resp_1/cancel", "{}"));
        assertThat(pod.readMessage().body()).isEqualTo("{}");
        pod.send(Http.ok("{}"));
        client.readMessage();
        client.send("DELETE /v1/responses/resp_2 HTTP/1.1\r\nhost: t\r\n\r\n");
        RawConnection.Message missing = client.readMessage();
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.header("x-error-routing")).isEqualTo("true");
    }

    @Test
    void shouldAskReplicasForAResponseThatItDoesNotKnow() {
        client.send(Http.post("/v1/responses", "{\"model\":\"m\",\"input\":\"hi\"}"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{\"id\":\"resp_1\"}"));
        client.readMessage();
        proxy.pinnedElsewhere.put("resp_2", proxy.pinned.get("resp_1"));

        client.send(Http.get("/v1/responses/resp_2"));

        assertThat(pod.readMessage().firstLine()).isEqualTo("GET /v1/responses/resp_2 HTTP/1.1");
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        client.send(Http.get("/v1/responses/resp_3"));
        assertThat(client.readMessage().status()).isEqualTo(404);
    }

    @Test
    void shouldNotWaitForReplicasThatDoNotAnswer() {
        proxy.replicasAnswer = false;
        client.send(Http.get("/v1/responses/resp_2"));
        assertThat(client.readMessage().status()).isEqualTo(404);
    }

    @Test
    void shouldForwardAMultipartBodyWhileItFlows() {
        String first = String.join("\r\n", "--b", "content-disposition: form-data; name=\"model\"", "", "m", "--b",
                "content-disposition: form-data; name=\"file\"; filename=\"a.wav\"", "", "");
        String audio = "x".repeat(100_000);
        String end = "\r\n--b--\r\n";
        int length = first.length() + audio.length() + end.length();
        client.send("POST /v1/audio/transcriptions HTTP/1.1\r\nhost: t\r\ncontent-length: " + length
                + "\r\ncontent-type: multipart/form-data; boundary=b\r\n\r\n" + first);
        RawConnection pod = engine.accept();
        assertThat(pod.readHead()).contains("content-length: " + length);
        assertThat(pod.read(first.length())).isEqualTo(first);
        client.send(audio);
        assertThat(pod.read(audio.length())).isEqualTo(audio);
        client.send(end);
        assertThat(pod.read(end.length())).isEqualTo(end);
        pod.send(Http.ok("{\"text\":\"\"}"));
        assertThat(client.readMessage().body()).isEqualTo("{\"text\":\"\"}");
    }

    @Test
    void shouldSendALargeBodyUnchanged() {
        String body = Http.CHAT.replace("hi", "y".repeat(200_000));
        client.send(Http.post("/v1/chat/completions", body));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).isEqualTo(body);
        pod.send(Http.ok("{}"));
        client.readMessage();
    }

    @Test
    void shouldCloseAfterTheAnswerWhenDraining() {
        client.send(Http.chat());
        RawConnection pod = engine.accept();
        pod.readMessage();
        proxy.proxy.drain();
        pod.send(Http.ok("{}"));
        assertThat(client.readToEnd()).contains("connection: close").endsWith("{}");
    }
}
