package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Usage;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** WebSockets on their way through, byte by byte. */
@Timeout(30)
class WebSocketTest {
    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        TestProxy.await("connections to pods closed", () -> proxy.proxy.upstreamConnections() == 0);
        proxy.close();
        engine.close();
    }

    private RawConnection open(String... headers) {
        client.send(Handshakes.at(Handshakes.PATH, headers));
        RawConnection pod = engine.accept();
        pod.readHead();
        pod.send(Handshakes.ACCEPTED);
        assertThat(client.readHead()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
        return pod;
    }

    private static void swap(RawConnection client, RawConnection pod) {
        client.send("ping");
        assertThat(pod.read(4)).isEqualTo("ping");
        pod.send("pong!");
        assertThat(client.read(5)).isEqualTo("pong!");
    }

    @Test
    void shouldPassTheHandshakeAndCountTheSessionUntilItsEnd() throws Exception {
        client.send(Handshakes.at("/v1/realtime?model=%6d&intent=x", "sec-websocket-protocol: realtime, other",
                "sec-websocket-extensions: permessage-deflate", "authorization: Bearer k", "target-pod: evil",
                "connection: x-hop", "x-hop: 1"));
        RawConnection pod = engine.accept();
        String handshake = pod.readHead();
        assertThat(handshake).startsWith("GET /v1/realtime?model=%6d&intent=x HTTP/1.1\r\n")
                .contains("\r\nconnection: upgrade\r\n", "\r\nupgrade: websocket\r\n",
                        "\r\nsec-websocket-version: 13\r\n", "\r\nsec-websocket-key: " + Handshakes.KEY + "\r\n",
                        "\r\nsec-websocket-protocol: realtime, other\r\n",
                        "\r\nsec-websocket-extensions: permessage-deflate\r\n", "\r\nauthorization: Bearer k\r\n",
                        "\r\nrouting-strategy: first\r\n")
                .doesNotContain("content-length", "transfer-encoding", "evil", "x-hop", "keep-alive");
        pod.send(Http.head("HTTP/1.1 101 Switching Protocols", "UPGRADE: WebSocket", "connection: upgrade",
                "sec-websocket-accept: " + Handshakes.ACCEPT, "sec-websocket-protocol: realtime"));
        assertThat(client.readHead()).contains("\r\nconnection: upgrade\r\n", "\r\nupgrade: websocket\r\n",
                "\r\nsec-websocket-accept: " + Handshakes.ACCEPT + "\r\n", "\r\nsec-websocket-protocol: realtime\r\n",
                "\r\ntarget-pod: pod-0\r\n", "\r\nrequest-id: ").doesNotContain("content-length", "close");
        for (int i = 0; i < 3; i++) {
            swap(client, pod);
        }
        assertThat(proxy.proxy.open()).isEqualTo(1);
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(0))).isEqualTo(1);
        assertThat(proxy.leases.get()).isEqualTo(1);
        pod.close();
        assertThat(client.readToEnd()).isEmpty();
        client.close();
        assertThat(proxy.done.poll(10, TimeUnit.SECONDS)).isEqualTo(Usage.UNKNOWN);
        TestProxy.await("counted", () -> proxy.count("gateway_request_model_successmodel/m") == 1);
        assertThat(proxy.count("penstock_requestsapi/realtime/status/1xx")).isEqualTo(1);
        assertThat(proxy.count("penstock_client_gone")).isZero();
    }

    @Test
    void shouldKeepWhatTheClientSendsBeforeItIsAccepted() {
        client.send(Handshakes.at(Handshakes.PATH) + "early");
        RawConnection pod = engine.accept();
        assertThat(pod.readHead()).endsWith("\r\n\r\n");
        client.send(" and later");
        pod.send(Handshakes.ACCEPTED);
        client.readHead();
        assertThat(pod.read(15)).isEqualTo("early and later");
        swap(client, pod);
    }

    @Test
    void shouldPassWhatComesTogetherWithThe101() {
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = engine.accept();
        pod.readHead();
        pod.send(Handshakes.ACCEPTED + "hello");
        client.readHead();
        assertThat(client.read(5)).isEqualTo("hello");
        swap(client, pod);
    }

    @Test
    void shouldRelayARefusalOfThePodAndGoOnWithHttp() {
        client.send(Handshakes.at(Handshakes.PATH) + Http.chat());
        RawConnection pod = engine.accept();
        pod.readHead();
        pod.send(Http.answer("401 Unauthorized", "{\"error\":1}"));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":1}");
        assertThat(pod.readMessage().body()).isEqualTo(Http.CHAT);
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        pod.close();
    }

    @Test
    void shouldPassAClientsEndAndStillTheRestOfThePod() throws IOException {
        RawConnection pod = open();
        client.send("bye");
        client.socket.shutdownOutput();
        assertThat(pod.readToEnd()).isEqualTo("bye");
        pod.send("good");
        pod.send("bye");
        pod.close();
        assertThat(client.readToEnd()).isEqualTo("goodbye");
        proxy.awaitIdle();
        assertThat(proxy.count("penstock_client_gone")).isZero();
    }

    @Test
    void shouldPassAPodsEndAndStillTheRestOfTheClient() throws IOException {
        RawConnection pod = open();
        pod.send("bye");
        pod.socket.shutdownOutput();
        assertThat(client.readToEnd()).isEqualTo("bye");
        client.send("good");
        client.send("bye");
        client.close();
        assertThat(pod.readToEnd()).isEqualTo("goodbye");
    }

    @Test
    void shouldPassAPodsEndThatComesWithThe101() {
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = engine.accept();
        pod.readHead();
        pod.send(Handshakes.ACCEPTED + "bye");
        pod.close();
        client.readHead();
        assertThat(client.readToEnd()).isEqualTo("bye");
    }

    @Test
    void shouldCloseTheClientsConnectionWhenThePodBreaksOff() {
        RawConnection pod = open();
        swap(client, pod);
        pod.reset();
        assertThat(client.readToEnd()).isIn("", "<reset>");
        TestProxy.await("counted", () -> proxy.count("gateway_request_model_failmodel/m") == 1);
        assertThat(proxy.count("penstock_errorserror/upstream_reset")).isEqualTo(1);
    }

    @Test
    void shouldCloseThePodsConnectionWhenTheClientBreaksOff() {
        RawConnection pod = open();
        swap(client, pod);
        client.reset();
        assertThat(pod.readToEnd()).isIn("", "<reset>");
        TestProxy.await("counted", () -> proxy.count("penstock_client_gone") == 1);
    }

    @Test
    void shouldStopReadingAPodWhoseClientDoesNotRead() throws Exception {
        RawConnection pod = open();
        Flood flood = new Flood(pod, "x".repeat(16_000));
        flood.start();
        long stoppedAt = flood.awaitFull();
        swapUntil(client, flood, stoppedAt);
        client.reset();
        flood.join();
    }

    @Test
    void shouldStopReadingAClientWhosePodDoesNotRead() throws Exception {
        RawConnection pod = open();
        Flood flood = new Flood(client, "x".repeat(16_000));
        flood.start();
        long stoppedAt = flood.awaitFull();
        swapUntil(pod, flood, stoppedAt);
        pod.reset();
        flood.join();
    }

    private static void swapUntil(RawConnection reader, Flood flood, long stoppedAt) {
        for (int i = 0; i < 3_000 && flood.sent == stoppedAt; i++) {
            assertThat(reader.read(16_000)).isEqualTo("x".repeat(16_000));
        }
        assertThat(flood.sent).isGreaterThan(stoppedAt);
    }

    @Test
    void shouldNotLoseTheEndOfAClientThatIsFasterThanItsPod() throws Exception {
        RawConnection pod = open();
        pod.socket.shutdownOutput();
        assertThat(client.readToEnd()).isEmpty();
        String much = "y".repeat(300_000);
        Thread sending = Thread.ofPlatform().start(() -> {
            client.send(much);
            client.close();
        });
        assertThat(pod.readToEnd()).isEqualTo(much);
        sending.join();
    }

    @Test
    void shouldNotCutAQuietSessionByTheTimeoutsOfAnswers() {
        proxy.settings.totalMillis = 30_000;
        proxy.settings.websocketIdleMillis = 600_000;
        RawConnection pod = open();
        // Both would have ended the session by the time at which one of them has ended this stream.
        try (RawConnection other = proxy.connect()) {
            other.send(Http.stream());
            RawConnection stream = engine.accept();
            stream.readMessage();
            stream.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
            other.readHead();
            proxy.clock.addSeconds(60);
            assertThat(other.readToEnd()).contains("the request took too long");
        }
        swap(client, pod);
    }

    @Test
    void shouldCloseASessionOnWhichNothingMoves() {
        RawConnection pod = open();
        swap(client, pod);
        proxy.clock.addSeconds(60);
        assertThat(client.readToEnd()).isEmpty();
        assertThat(pod.readToEnd()).isIn("", "<reset>");
        proxy.awaitIdle();
        assertThat(proxy.count("penstock_errorserror/idle_timeout")).isEqualTo(1);
    }

    @Test
    void shouldCloseWhatOneSideHasLeftByTheTimeoutOfAnswers() throws IOException {
        proxy.settings.websocketIdleMillis = 600_000;
        RawConnection pod = open();
        client.socket.shutdownOutput();
        assertThat(pod.readToEnd()).isEmpty();
        proxy.clock.addSeconds(60);
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldCloseWhenTheBalancerCloses() {
        RawConnection pod = open();
        swap(client, pod);
        proxy.proxy.drain();
        swap(client, pod);
        proxy.proxy.close();
        assertThat(client.readToEnd()).isIn("", "<reset>");
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }
}
