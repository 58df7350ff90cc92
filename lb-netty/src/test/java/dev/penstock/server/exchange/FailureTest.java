package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.LiveSettings.UsageMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods that fail, and what becomes of the request then: row by row. */
@Timeout(30)
class FailureTest {
    private final FakeEngine one = new FakeEngine();
    private final FakeEngine two = new FakeEngine();
    private final TestProxy proxy = new TestProxy(one.port, two.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        one.close();
        two.close();
    }

    private static void answer(FakeEngine engine) {
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).isEqualTo(Http.CHAT);
        pod.send(Http.ok("{}"));
    }

    @Test
    void shouldTakeAnotherPodWhenOneRefusesToConnect() {
        one.close();
        client.send(Http.chat());
        answer(two);
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("target-pod")).isEqualTo("pod-1");
        assertThat(proxy.count("penstock_retriesreason/connect")).isEqualTo(1);
    }

    @Test
    void shouldTellTheLastFailureWhenAllPodsHaveFailed() {
        one.close();
        two.close();
        RawConnection.Message answer = client.send(Http.chat()).readMessage();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("x-error-upstream")).isEqualTo("true");
        assertThat(answer.body()).contains("no endpoint could be reached");
    }

    @Test
    void shouldRetryOnceSilentlyWhenAnIdleConnectionWasClosed() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        client.readMessage();
        // The pod sees the request on the old connection and closes it without a byte.
        client.send(Http.chat());
        pod.readMessage();
        pod.reset();
        answer(one);
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("target-pod")).isEqualTo("pod-0");
        assertThat(proxy.count("penstock_retriesreason/stale")).isEqualTo(1);
    }

    @Test
    void shouldForgetAnIdleConnectionThatItsPodCloses() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        client.readMessage();
        pod.close();
        TestProxy.await("closed", () -> proxy.proxy.upstreamConnections() == 0);
        client.send(Http.chat());
        answer(one);
        assertThat(client.readMessage().status()).isEqualTo(200);
        assertThat(proxy.count("penstock_retriesreason/stale")).isZero();
    }

    @Test
    void shouldRetryOnceElsewhereWhenANewConnectionIsResetBeforeAByte() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.reset();
        answer(two);
        assertThat(client.readMessage().header("target-pod")).isEqualTo("pod-1");
        assertThat(proxy.count("penstock_retriesreason/reset")).isEqualTo(1);
    }

    @Test
    void shouldNotRetryTwiceAfterResets() {
        client.send(Http.chat());
        RawConnection first = one.accept();
        first.readMessage();
        first.reset();
        RawConnection second = two.accept();
        second.readMessage();
        second.reset();
        assertThat(client.readMessage().status()).isEqualTo(502);
    }

    @Test
    void shouldTakeAnotherPodWhenOneIsOverloaded() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.answer("503 Service Unavailable", "{\"error\":{}}", "retry-after: 7"));
        answer(two);
        assertThat(client.readMessage().status()).isEqualTo(200);
        assertThat(proxy.count("penstock_retriesreason/overloaded")).isEqualTo(1);
    }

    @Test
    void shouldRelayTheOverloadOfTheOnlyPod() {
        client.send(Http.chat("external-filter: slot=s0"));
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.answer("429 Too Many Requests", "{\"error\":\"busy\"}", "retry-after: 7"));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("7");
        assertThat(answer.body()).isEqualTo("{\"error\":\"busy\"}");
    }

    @Test
    void shouldRelayOtherErrorsAsTheyAre() {
        for (String status : new String[] {"400 Bad Request", "404 Not Found", "500 Oh No"}) {
            try (RawConnection other = proxy.connect()) {
                other.send(Http.chat("connection: close"));
                try (RawConnection pod = one.accept()) {
                    pod.readMessage();
                    pod.send(Http.answer(status, "{\"error\":\"mine\"}", "connection: close"));
                    assertThat(other.readToEnd()).startsWith("HTTP/1.1 " + status)
                            .endsWith("{\"error\":\"mine\"}");
                }
            }
        }
        assertThat(two.untouched()).isTrue();
    }

    @Test
    void shouldTellAnAnswerThatIsNotHttp() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send("SSH-2.0-OpenSSH\r\n");
        assertThat(client.readMessage().status()).isEqualTo(502);
        assertThat(two.untouched()).isTrue();
    }

    @Test
    void shouldTellAHeadThatBreaksOff() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send("HTTP/1.1 200 OK\r\ncontent-le");
        pod.close();
        assertThat(client.readMessage().status()).isEqualTo(502);
        assertThat(two.untouched()).isTrue();
    }

    @Test
    void shouldEndJsonShortWhenItsPodBreaksOff() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"a\":");
        assertThat(client.readHead()).contains("content-length: 100");
        assertThat(client.read(5)).isEqualTo("{\"a\":");
        pod.close();
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldTellAnErrorInsideAStreamThatBreaksOff() {
        client.send(Http.stream());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        client.readHead();
        assertThat(client.readChunk()).isEqualTo(Http.event("1"));
        pod.reset();
        assertThat(client.readChunk()).contains("data: {\"error\":{\"message\":\"the endpoint closed the connection\"");
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldTellAnErrorBehindAChunkThatBreaksOff() {
        proxy.settings.usage = UsageMode.ESTIMATE;
        client.send(Http.stream());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + "20\r\ndata: half");
        client.readHead();
        client.readUntil("data: half");
        pod.reset();
        assertThat(client.readToEnd()).startsWith("\n\n").contains("data: {\"error\":").doesNotEndWith("0\r\n\r\n");
    }

    @Test
    void shouldNotRetryBeyondTheBudget() {
        proxy.settings.retryPercent = 0;
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.reset();
        assertThat(client.readMessage().status()).isEqualTo(502);
        assertThat(proxy.count("penstock_retries_refused")).isEqualTo(1);
        assertThat(two.untouched()).isTrue();
    }

    @Test
    void shouldNotPayForARetryWhereNothingWasSent() {
        proxy.settings.retryPercent = 0;
        one.close();
        client.send(Http.chat());
        RawConnection pod = two.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        assertThat(proxy.count("penstock_retries_refused")).isZero();
    }

    @Test
    void shouldNotRetryMoreOftenThanAllowed() {
        proxy.settings.maxRetries = 0;
        one.close();
        assertThat(client.send(Http.chat()).readMessage().status()).isEqualTo(503);
        assertThat(two.untouched()).isTrue();
    }

    @Test
    void shouldTreatANameThatCannotBeResolvedAsAFailedConnection() {
        proxy.fleet.publish(null, null, "nowhere.invalid", one.port);
        proxy.settings.connectMillis = 500;
        assertThat(client.send(Http.chat()).readMessage().status()).isEqualTo(503);
    }
}
