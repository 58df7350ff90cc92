package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.LiveSettings.UsageMode;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests over HTTP/2 that end otherwise than with an answer in full, and connections that end. */
@Timeout(30)
class Http2EndsTest {
    private static final int NO_ERROR = 0;
    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;
    private static final long SHORT = 100;

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

    // ---- the client goes

    enum Goodbye {
        RESET_OF_THE_STREAM, FIN, RESET_OF_THE_CONNECTION;

        void say(Http2Client client, Http2Client.Stream stream) {
            switch (this) {
                case RESET_OF_THE_STREAM -> stream.cancel();
                case FIN -> client.hangUp();
                case RESET_OF_THE_CONNECTION -> client.reset();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseThePodsConnectionBeforeTheFirstByte(Goodbye goodbye) {
        Http2Client.Stream stream = client.chat();
        RawConnection pod = engine.accept();
        pod.readMessage();
        goodbye.say(client, stream);
        assertThat(pod.readToEnd()).isIn("", "<reset>");
        TestProxy.await("counted", () -> proxy.count("penstock_client_gone") == 1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCloseThePodsConnectionInAStream(Goodbye goodbye) {
        Http2Client.Stream stream = client.stream();
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        stream.head();
        goodbye.say(client, stream);
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }

    @ParameterizedTest
    @EnumSource
    void shouldForgetARequestInItsBody(Goodbye goodbye) {
        Http2Client.Stream stream = client.begin("POST", "/v1/chat/completions", false);
        stream.send("{\"model\":", false);
        TestProxy.await("begun", () -> proxy.budget.held() > 0);
        goodbye.say(client, stream);
        proxy.awaitIdle();
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldEndAllRequestsOfAConnectionThatEnds() {
        List<RawConnection> pods = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            client.stream();
            pods.add(engine.accept());
        }
        client.reset();
        for (RawConnection pod : pods) {
            pod.readToEnd();
        }
        TestProxy.await("counted", () -> proxy.count("penstock_client_gone") == 20);
    }

    // ---- the pod goes

    @Test
    void shouldTellAnErrorInTheStreamAndReset() {
        Http2Client.Stream stream = client.stream();
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        assertThat(stream.head().headers().status()).hasToString("200");
        assertThat(stream.data()).isEqualTo(Http.event("1"));
        pod.reset();
        assertThat(stream.data()).contains("the endpoint closed the connection").doesNotContain("[DONE]");
        assertThat(stream.resetCode()).isEqualTo(INTERNAL_ERROR);
        // The connection and its other requests live on.
        assertThat(client.get("/v1/models").answer().status()).isEqualTo(200);
    }

    @Test
    void shouldResetAnAnswerThatBreaksOff() {
        Http2Client.Stream stream = client.chat();
        try (RawConnection pod = engine.accept()) {
            pod.readMessage();
            pod.send(Http.head("HTTP/1.1 200 OK", "content-type: application/json", "content-length: 100") + "{\"a\":");
            stream.head();
            assertThat(stream.data()).isEqualTo("{\"a\":");
        }
        assertThat(stream.resetCode()).isEqualTo(INTERNAL_ERROR);
    }

    @Test
    void shouldTellThatNoPodCanBeReached() {
        engine.close();
        Http2Client.Answer answer = client.chat().answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("x-error-upstream")).isEqualTo("true");
    }

    @Test
    void shouldGiveUpAStreamThatPauses() {
        proxy.settings.idleMillis = SHORT;
        Http2Client.Stream stream = client.stream();
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        assertThat(stream.broken().body()).contains("timed out waiting for the next chunk")
                .endsWith("<reset " + INTERNAL_ERROR + ">");
    }

    // ---- answers before the end of a request

    @Test
    void shouldAnswerBeforeTheBodyIsThereAndAskForNoMore() {
        Http2Client.Stream stream = client.begin("POST", "/v1/nothing", false);
        stream.send("{", false);
        assertThat(stream.answer().status()).isEqualTo(501);
        assertThat(stream.resetCode()).isEqualTo(NO_ERROR);
        stream.send("}", true);
        assertThat(client.get("/v1/models").answer().status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseALargeBodyByItsLengthBeforeReadingIt() {
        Http2Client.Stream stream = client.begin("POST", "/v1/chat/completions", false, "content-length: 300000");
        assertThat(stream.answer().status()).isEqualTo(413);
        assertThat(stream.resetCode()).isEqualTo(NO_ERROR);
    }

    @Test
    void shouldRefuseALargeBodyWhileItComes() {
        Http2Client.Stream stream = client.begin("POST", "/v1/chat/completions", false);
        for (int i = 0; i < 5; i++) {
            stream.send(" ".repeat(60_000), false);
        }
        assertThat(stream.answer().status()).isEqualTo(413);
    }

    @Test
    void shouldRefuseWhenTheBudgetIsTakenAndGiveItBack() {
        assertThat(proxy.budget.tryTake((1 << 20) - 100)).isTrue();
        Http2Client.Answer answer = client.begin("POST", "/v1/chat/completions", false, "content-length: 200").answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        Http2Client.Stream unannounced = client.begin("POST", "/v1/chat/completions", false);
        unannounced.send(" ".repeat(200), false);
        assertThat(unannounced.answer().status()).isEqualTo(503);
        proxy.budget.release((1 << 20) - 100);
    }

    @Test
    void shouldTellAClientThatDoesNotFinishItsBody() {
        proxy.settings.bodyMillis = SHORT;
        Http2Client.Stream stream = client.begin("POST", "/v1/chat/completions", false);
        stream.send("{", false);
        assertThat(stream.answer().status()).isEqualTo(408);
    }

    // ---- flow control

    @Test
    void shouldStopReadingAPodWhoseClientKeepsItsWindowClosed() throws Exception {
        proxy.settings.usage = UsageMode.ESTIMATE;
        // Less than the window of the connection, which stays open for others.
        Http2Settings settings = new Http2Settings().initialWindowSize(30_000);
        try (Http2Client slow = new Http2Client(proxy.address(), settings)) {
            Http2Client.Stream stream = slow.stream().keepingWindow();
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send(Http.SSE_HEAD);
            stream.head();
            Flood flood = new Flood(pod, Http.chunk("x".repeat(16_000)));
            flood.start();
            long stoppedAt = flood.awaitFull();
            assertThat(slow.get("/v1/models").answer().status()).isEqualTo(200);
            for (int i = 0; i < 100_000 && flood.sent <= stoppedAt; i++) {
                stream.openWindow(((Http2Client.Event.Data) stream.event()).size());
            }
            assertThat(flood.sent).isGreaterThan(stoppedAt);
            stream.cancel();
            assertThat(flood.join(Duration.ofSeconds(15))).isTrue();
        }
    }

    @Test
    void shouldStopReadingAPodWhoseClientDoesNotReadItsConnection() throws Exception {
        proxy.settings.usage = UsageMode.ESTIMATE;
        Http2Client.Stream stream = client.stream();
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD);
        stream.head();
        client.reading(false);
        Flood flood = new Flood(pod, Http.chunk("x".repeat(16_000)));
        flood.start();
        long stoppedAt = flood.awaitFull();
        client.reading(true);
        TestProxy.await("goes on", () -> flood.sent > stoppedAt);
        client.reset();
        assertThat(flood.join(Duration.ofSeconds(15))).isTrue();
    }

    @Test
    void shouldGiveUpAClientThatNeverOpensItsWindow() {
        proxy.settings.writeMillis = SHORT;
        Http2Client.Stream stream = client.stream().keepingWindow();
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk("x".repeat(200_000)));
        assertThat(stream.broken().body()).endsWith("<reset " + CANCEL + ">");
        assertThat(proxy.count("penstock_errorserror/write_timeout")).isEqualTo(1);
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }

    @Test
    void shouldGiveUpAClientThatDoesNotTakeTheRestOfAnAnswer() {
        proxy.settings.writeMillis = SHORT;
        Http2Client.Stream stream = client.chat().keepingWindow();
        RawConnection pod = engine.accept();
        pod.readMessage();
        // More than the window has room for, less than makes us wait for the client.
        pod.send(Http.ok("x".repeat(100_000)));
        assertThat(stream.broken().body()).endsWith("<reset " + CANCEL + ">");
    }

    @Test
    void shouldStopReadingAClientWhosePodDoesNotRead() throws Exception {
        proxy.settings.bodyLimit = 1 << 30;
        proxy.settings.bodyMillis = 20_000;
        Http2Client.Stream stream = client.begin("POST", "/v1/audio/transcriptions", false,
                "content-type: multipart/form-data; boundary=b");
        stream.send(String.join("\r\n", "--b", "content-disposition: form-data; name=\"model\"", "", "m", "--b",
                "content-disposition: form-data; name=\"file\"; filename=\"a.wav\"", "", ""), false);
        RawConnection pod = engine.accept();
        pod.readHead();
        var sent = stream.sending("x".repeat(32 << 20), false);
        assertThat(sent.await(1, TimeUnit.SECONDS)).isFalse();
        // A second upload finds its own window, and other requests go through.
        assertThat(client.get("/v1/models").answer().status()).isEqualTo(200);
        long read = 0;
        while (read < 32 << 20) {
            read += pod.readChunk().length();
        }
        assertThat(sent.await(15, TimeUnit.SECONDS)).isTrue();
        stream.cancel();
    }

    @Test
    void shouldObeyASmallWindowAndSmallFrames() {
        try (Http2Client small = new Http2Client(proxy.address(), new Http2Settings().initialWindowSize(10))) {
            Http2Client.Stream stream = small.chat();
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send(Http.ok("0123456789".repeat(20)));
            assertThat(stream.answer().body()).isEqualTo("0123456789".repeat(20));
        }
    }

    // ---- connections

    @Test
    void shouldServeWhatRunsAndRefuseWhatIsNewWhenDraining() throws Exception {
        Http2Client.Stream stream = client.chat();
        RawConnection pod = engine.accept();
        pod.readMessage();
        proxy.proxy.drain();
        assertThat(client.goAways.poll(10, TimeUnit.SECONDS)).isEqualTo(Integer.MAX_VALUE);
        assertThat(client.goAways.poll(10, TimeUnit.SECONDS)).isEqualTo(3);
        pod.send(Http.ok("{}"));
        assertThat(stream.answer().body()).isEqualTo("{}");
        client.awaitClosed();
    }

    @Test
    void shouldRefuseStreamsBehindTheLastOneWhenDraining() {
        try (RawHttp2 stubborn = new RawHttp2(proxy.connect())) {
            stubborn.headers(1, 0, RawHttp2.CHAT);
            TestProxy.await("begun", () -> proxy.proxy.open() == 1);
            proxy.proxy.drain();
            stubborn.next(RawHttp2.GOAWAY);
            RawHttp2.Frame ping = stubborn.next(RawHttp2.PING);
            byte[] data = new byte[8];
            ping.payload().get(data);
            // Sent before the client knows: it is served.
            stubborn.headers(3, RawHttp2.END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/v1/models",
                    ":authority", "t");
            stubborn.send(RawHttp2.PING, RawHttp2.ACK, 0, data);
            assertThat(stubborn.answer(3).status()).isEqualTo(200);
            // The second one may have come in between.
            RawHttp2.Frame last = stubborn.goAways.size() == 2 ? stubborn.goAways.get(1)
                    : stubborn.next(RawHttp2.GOAWAY);
            assertThat(last.payload().getInt(0)).isEqualTo(3);
            stubborn.headers(5, 0, RawHttp2.CHAT).data(5, RawHttp2.END_STREAM, Http.CHAT);
            assertThat(stubborn.answer(5).reset()).isEqualTo(REFUSED_STREAM);
            stubborn.data(1, RawHttp2.END_STREAM, Http.CHAT);
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send(Http.ok("{}"));
            assertThat(stubborn.answer(1).body()).isEqualTo("{}");
            assertThat(stubborn.connection.readToEnd()).isEmpty();
        }
        assertThat(proxy.count("penstock_http2_streams_refusedreason/draining")).isEqualTo(1);
    }

    @Test
    void shouldCloseIdleConnectionsWhenDraining() {
        assertThat(client.get("/v1/models").answer().status()).isEqualTo(200);
        proxy.proxy.drain();
        client.awaitClosed();
    }

    @Test
    void shouldServeAConnectionThatComesWhileDrainingOnce() {
        proxy.proxy.drain();
        try (Http2Client late = new Http2Client(proxy.address())) {
            assertThat(late.get("/v1/models").answer().status()).isEqualTo(200);
            late.awaitClosed();
            assertThat(late.goAways).isNotEmpty();
        }
    }

    @Test
    void shouldCloseConnectionsThatNeverAskedWhenLeaving() {
        try (RawConnection silent = proxy.connect()) {
            TestProxy.await("accepted", () -> proxy.count("penstock_client_connectionsprotocol/h2") == 1);
            proxy.proxy.leave();
            client.awaitClosed();
            assertThat(silent.readToEnd()).isIn("", "<reset>");
        }
    }

    @Test
    void shouldCloseConnectionsThatNeverAsk() {
        proxy.settings.headerMillis = SHORT;
        assertCloses(connection -> { });
        assertCloses(connection -> connection.send("PR"));
        assertCloses(connection -> connection.send("PRI * HTTP/2.0\r\n\r\nSM"));
        assertCloses(RawHttp2::new);
        assertCloses(connection -> new RawHttp2(connection)
                .connection.send(RawHttp2.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.block(RawHttp2.CHAT))));
    }

    @Test
    void shouldCloseConnectionsThatDoNotFinishAFrame() {
        proxy.settings.headerMillis = SHORT;
        assertCloses(connection -> {
            RawHttp2 slow = new RawHttp2(connection);
            slow.headers(1, RawHttp2.END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/v1/models",
                    ":authority", "t");
            slow.answer(1);
            connection.send(new byte[] {0, 0});
        });
    }

    private void assertCloses(Consumer<RawConnection> client) {
        try (RawConnection connection = proxy.connect()) {
            client.accept(connection);
            connection.readToEnd();
        }
    }
}
