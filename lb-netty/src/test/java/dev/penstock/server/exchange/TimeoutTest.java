package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything that is waited for, and not for ever. */
@Timeout(30)
class TimeoutTest {
    private static final long SHORT = 60;

    private final FakeEngine engine = new FakeEngine();
    private final FakeEngine other = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port, other.port);

    @AfterEach
    void close() {
        proxy.awaitIdle();
        proxy.close();
        engine.close();
        other.close();
    }

    @Test
    void shouldGiveUpAStreamWithoutFirstByteAndNotRetry() {
        proxy.settings.firstByteMillis = SHORT;
        try (RawConnection client = proxy.connect()) {
            client.send(Http.stream());
            RawConnection pod = engine.accept();
            pod.readMessage();
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("timed out waiting for the first byte");
            assertThat(pod.readToEnd()).isIn("", "<reset>");
            assertThat(other.untouched()).isTrue();
        }
    }

    @Test
    void shouldGiveUpAnAnswerThatIsNotStreamedByItsOwnTimeout() {
        proxy.settings.unaryFirstByteMillis = SHORT;
        try (RawConnection client = proxy.connect()) {
            client.send(Http.chat());
            engine.accept().readMessage();
            assertThat(client.readMessage().status()).isEqualTo(504);
        }
    }

    @Test
    void shouldGiveUpAStreamThatPauses() {
        proxy.settings.idleMillis = SHORT;
        try (RawConnection client = proxy.connect()) {
            client.send(Http.stream());
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
            client.readHead();
            assertThat(client.readChunk()).isEqualTo(Http.event("1"));
            assertThat(client.readChunk()).contains("timed out waiting for the next chunk");
            assertThat(client.readToEnd()).isEmpty();
            assertThat(pod.readToEnd()).isIn("", "<reset>");
        }
    }

    @Test
    void shouldGiveUpARequestThatTakesTooLongAsAWhole() {
        proxy.settings.totalMillis = SHORT;
        try (RawConnection client = proxy.connect()) {
            client.send(Http.chat());
            engine.accept().readMessage();
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("the request took too long");
        }
    }

    @Test
    void shouldTakeAnotherPodWhenConnectingTakesTooLong() throws Exception {
        proxy.settings.connectMillis = SHORT;
        try (RawConnection client = proxy.connect(); ServerSocket full = Backlog.full()) {
            proxy.fleet.publish(null, null, "127.0.0.1", full.getLocalPort(), other.port);
            client.send(Http.chat());
            RawConnection pod = other.accept();
            pod.readMessage();
            pod.send(Http.ok("{}"));
            assertThat(client.readMessage().header("target-pod")).isEqualTo("pod-1");
        }
    }

    @Test
    void shouldTellAClientThatDoesNotFinishItsHead() {
        proxy.settings.headerMillis = SHORT;
        try (RawConnection client = proxy.connect()) {
            client.send("POST /v1/chat");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 408").contains("connection: close");
        }
    }

    @Test
    void shouldTellAClientThatDoesNotFinishItsBody() {
        proxy.settings.bodyMillis = SHORT;
        try (RawConnection client = proxy.connect()) {
            String request = Http.chat();
            client.send(request.substring(0, request.length() - 3));
            assertThat(client.readMessage().status()).isEqualTo(408);
        }
    }
}
