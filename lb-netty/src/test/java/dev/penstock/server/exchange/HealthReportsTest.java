package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Health.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What requests tell of their endpoints, and what they do not. */
@Timeout(30)
class HealthReportsTest {
    private static final int SHORT = 60;

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

    private RawConnection asked(FakeEngine engine) {
        RawConnection pod = engine.accept();
        pod.readMessage();
        return pod;
    }

    private void told(String... what) {
        assertThat(proxy.health.told()).containsExactly(what);
    }

    @Test
    void shouldTellOfAnAnswerAndOfItsEnd() {
        client.send(Http.stream());
        RawConnection pod = asked(one);
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        client.readHead();
        client.readChunk();
        told("pod-0 answered 200");
        pod.send(Http.LAST_CHUNK);
        assertThat(client.readChunk()).isEmpty();
        told("pod-0 answered 200", "pod-0 completed");
    }

    @ParameterizedTest
    @CsvSource({"404 Not Found, true", "400 Bad Request, true", "500 Oh No, false", "502 Bad Gateway, false"})
    void shouldTellOfStatusAsItIs(String status, boolean good) {
        client.send(Http.chat());
        asked(one).send(Http.answer(status, "{}"));
        client.readMessage();
        String answered = "pod-0 answered " + status.substring(0, 3);
        if (good) {
            told(answered, "pod-0 completed");
        } else {
            told(answered);
        }
    }

    @ParameterizedTest
    @CsvSource({"7, ' retry after 7'", "0, ' retry after 0'", "999999, ' retry after 999999'", "1000000, ''", "-1, ''",
            "'Wed, 21 Oct 2026 07:28:00 GMT', ''"})
    void shouldTellForHowLongAPodWantsToBeLeftAlone(String value, String understood) {
        client.send(Http.chat());
        asked(one).send(Http.answer("503 Service Unavailable", "{}", "retry-after: " + value));
        asked(two).send(Http.ok("{}"));
        client.readMessage();
        told("pod-0 answered 503" + understood, "pod-1 answered 200", "pod-1 completed");
    }

    @Test
    void shouldTellOfAPodThatRefuses() {
        one.close();
        client.send(Http.chat());
        asked(two).send(Http.ok("{}"));
        client.readMessage();
        told("pod-0 failed CONNECT", "pod-1 answered 200", "pod-1 completed");
    }

    @Test
    void shouldTellOfAResetBeforeTheFirstByte() {
        client.send(Http.chat());
        asked(one).reset();
        asked(two).send(Http.ok("{}"));
        client.readMessage();
        told("pod-0 failed UNANSWERED", "pod-1 answered 200", "pod-1 completed");
    }

    @Test
    void shouldNotBlameAPodForAnIdleConnectionThatItCloses() {
        client.send(Http.chat());
        RawConnection pod = asked(one);
        pod.send(Http.ok("{}"));
        client.readMessage();
        client.send(Http.chat());
        pod.readMessage();
        pod.reset();
        asked(one).send(Http.ok("{}"));
        client.readMessage();
        told("pod-0 answered 200", "pod-0 completed", "pod-0 answered 200", "pod-0 completed");
    }

    @Test
    void shouldTellOfAnAnswerThatBreaksOff() {
        client.send(Http.stream());
        RawConnection pod = asked(one);
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        client.readHead();
        client.readChunk();
        pod.reset();
        client.readToEnd();
        told("pod-0 answered 200", "pod-0 failed BROKEN");
    }

    @Test
    void shouldTellOfAnAnswerThatIsNotHttp() {
        client.send(Http.chat());
        asked(one).send("SSH-2.0-OpenSSH\r\n");
        assertThat(client.readMessage().status()).isEqualTo(502);
        told("pod-0 failed MALFORMED");
    }

    @Test
    void shouldTellOfAPodThatHangs() {
        proxy.settings.firstByteMillis = SHORT;
        client.send(Http.stream());
        asked(one);
        assertThat(client.readMessage().status()).isEqualTo(504);
        told("pod-0 failed FIRST_BYTE");
    }

    @Test
    void shouldTellOfAStreamThatStandsStill() {
        proxy.settings.idleMillis = SHORT;
        client.send(Http.stream());
        asked(one).send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        client.readHead();
        client.readChunk();
        client.readToEnd();
        told("pod-0 answered 200", "pod-0 failed STALLED");
    }

    @Test
    void shouldNotBlameAPodForASilentWebSocket() {
        proxy.settings.websocketIdleMillis = SHORT;
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = one.accept();
        pod.readHead();
        pod.send(Handshakes.ACCEPTED);
        client.readHead();
        assertThat(client.readToEnd()).isIn("", "<reset>");
        told("pod-0 answered 101", "pod-0 completed");
    }

    @Test
    void shouldNotBlameAPodForTheTimeOfTheWholeRequest() {
        proxy.settings.totalMillis = SHORT;
        client.send(Http.stream());
        asked(one);
        assertThat(client.readMessage().status()).isEqualTo(504);
        told();
    }

    @Test
    void shouldNotBlameAPodForAClientThatGoesAway() {
        client.send(Http.stream());
        RawConnection pod = asked(one);
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        client.readHead();
        client.close();
        assertThat(pod.readToEnd()).isIn("", "<reset>");
        told("pod-0 answered 200");
    }

    @Test
    void shouldRelayOverloadWhereTheOnlyOtherPodIsOut() {
        proxy.health.state(proxy.fleet.pod(1), State.COOLING_DOWN);
        client.send(Http.chat());
        asked(one).send(Http.answer("429 Too Many Requests", "{}", "retry-after: 3"));
        assertThat(client.readMessage().status()).isEqualTo(429);
        assertThat(two.untouched()).isTrue();
    }

    @Test
    void shouldTryAPodThatIsOutWhereNoOtherCanBeReached() {
        proxy.health.state(proxy.fleet.pod(1), State.EJECTED);
        one.close();
        client.send(Http.chat());
        asked(two).send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
    }

    @Test
    void shouldSendAStoredResponseToItsPodEvenIfThatIsOut() {
        proxy.health.state(proxy.fleet.pod(0), State.EJECTED);
        proxy.pinned.put("resp_1", proxy.fleet.pod(0));
        client.send(Http.get("/v1/responses/resp_1"));
        asked(one).send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
    }

    @Test
    void shouldReturnAProbeWhoseClientGoesAway() {
        proxy.health.state(proxy.fleet.pod(0), State.PROBING);
        client.send(Http.chat());
        RawConnection pod = asked(one);
        assertThat(proxy.health.probed()).isEqualTo(1);
        client.close();
        assertThat(pod.readToEnd()).isIn("", "<reset>");
        TestProxy.await("returned", () -> proxy.health.probed() == 0);
        try (RawConnection next = proxy.connect()) {
            next.send(Http.chat());
            asked(one).send(Http.ok("{}"));
            assertThat(next.readMessage().header("target-pod")).isEqualTo("pod-0");
        }
        assertThat(proxy.health.probes()).isEqualTo(2);
    }
}
