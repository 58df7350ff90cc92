package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients see of a balancer that ends. */
@Timeout(30)
class LeavingTest {
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

    private void askOnce() {
        client.send(Http.get("/v1/models"));
        assertThat(client.readMessage().header("connection")).isNotEqualTo("close");
    }

    @Test
    void shouldSayWithTheNextAnswerThatTheConnectionEnds() {
        askOnce();
        proxy.proxy.drain();
        client.send(Http.get("/v1/models"));
        RawConnection.Message last = client.readMessage();

        assertThat(last.status()).isEqualTo(200);
        assertThat(last.header("connection")).isEqualTo("close");
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldAnswerARequestThatComesJustWhenItLeaves() {
        askOnce();
        proxy.proxy.leave();
        client.send(Http.get("/v1/models"));

        assertThat(client.readToEnd()).startsWith("HTTP/1.1 200").contains("connection: close");
    }

    @Test
    void shouldCloseAConnectionThatAsksNothingMore() {
        askOnce();
        proxy.proxy.leave();

        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldAskAClientThatComesLateToConnectElsewhere() {
        proxy.proxy.leave();
        try (RawConnection late = proxy.connect()) {
            late.send(Http.get("/v1/models"));
            assertThat(late.readToEnd()).startsWith("HTTP/1.1 200").contains("connection: close");
        }
    }

    @Test
    void shouldLetARunningStreamEnd() {
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("{}")));
        client.readHead();
        client.readChunk();
        proxy.proxy.leave();
        pod.send(Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);

        assertThat(client.readToEnd()).contains("[DONE]").endsWith("0\r\n\r\n");
    }

    @Test
    void shouldTellInTheStreamThatItIsBrokenOff() {
        client.send(Http.stream());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("{}")));
        client.readHead();
        client.readChunk();
        proxy.proxy.leave();
        proxy.proxy.endRequests();

        assertThat(client.readToEnd()).contains("\"error\"", "server shutdown in progress").doesNotContain("[DONE]")
                .doesNotEndWith("0\r\n\r\n");
        assertThat(proxy.count("penstock_errorserror/shutting_down")).isEqualTo(1);
    }

    @Test
    void shouldAnswerWhatHasNoAnswerYet() {
        client.send(Http.chat());
        engine.accept().readMessage();
        proxy.proxy.leave();
        proxy.proxy.endRequests();

        assertThat(client.readToEnd()).startsWith("HTTP/1.1 503").contains("retry-after: 1", "connection: close",
                "server shutdown in progress");
    }
}
