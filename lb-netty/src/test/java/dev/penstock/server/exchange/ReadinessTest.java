package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pods that stop being ready, as they do when they terminate, and become so again, while requests run. */
@Timeout(30)
class ReadinessTest {
    private final FakeEngine leaving = new FakeEngine();
    private final FakeEngine staying = new FakeEngine();
    private final TestProxy proxy = new TestProxy(leaving.port, staying.port);
    private final RawConnection streaming = proxy.connect();
    private final RawConnection other = proxy.connect();

    @AfterEach
    void close() {
        streaming.close();
        other.close();
        proxy.awaitIdle();
        proxy.close();
        leaving.close();
        staying.close();
    }

    private RawConnection beginStream() {
        streaming.send(Http.stream());
        RawConnection pod = leaving.accept();
        pod.readMessage();
        pod.send(Http.SSE_HEAD + Http.chunk(Http.event("1")));
        assertThat(streaming.readHead()).contains("target-pod: pod-0");
        assertThat(streaming.readChunk()).isEqualTo(Http.event("1"));
        return pod;
    }

    private static void endStream(RawConnection pod, RawConnection client) {
        pod.send(Http.chunk(Http.event("2")));
        assertThat(client.readChunk()).isEqualTo(Http.event("2"));
        pod.send(Http.chunk(Http.event("[DONE]")) + Http.LAST_CHUNK);
        assertThat(client.readChunk()).isEqualTo(Http.event("[DONE]"));
        assertThat(client.readChunk()).isEmpty();
    }

    private void ask(RawConnection pod, String name) {
        other.send(Http.chat());
        pod.readMessage();
        pod.send(Http.ok("{}"));
        assertThat(other.readMessage().header("target-pod")).isEqualTo(name);
    }

    @Test
    void shouldLetTheStreamOfAPodThatIsNotReadyEndAndSendItNothingNew() {
        RawConnection pod = beginStream();
        proxy.fleet.ready(0, false);
        other.send(Http.chat());
        RawConnection second = staying.accept();
        second.readMessage();
        second.send(Http.ok("{}"));
        assertThat(other.readMessage().header("target-pod")).isEqualTo("pod-1");
        for (int i = 0; i < 5; i++) {
            ask(second, "pod-1");
        }
        assertThat(proxy.fleet.inFlightLocal(proxy.fleet.pod(0))).as("the stream").isEqualTo(1);
        assertThat(leaving.untouched()).isTrue();
        endStream(pod, streaming);

        proxy.fleet.ready(0, true);
        ask(pod, "pod-0");
    }

    @Test
    void shouldRetryNothingAtAPodThatIsNotReadyAnyMore() {
        other.send(Http.chat());
        RawConnection first = leaving.accept();
        first.readMessage();
        proxy.fleet.ready(1, false);
        first.close();
        assertThat(other.readMessage().status()).isEqualTo(502);
        assertThat(staying.untouched()).isTrue();
    }

    @Test
    void shouldAnswer503WhereNoPodIsReadyAndLetTheStreamEnd() {
        RawConnection pod = beginStream();
        proxy.fleet.ready(0, false);
        proxy.fleet.ready(1, false);
        assertThat(other.send(Http.chat()).readMessage().status()).isEqualTo(503);
        endStream(pod, streaming);
        assertThat(leaving.untouched() && staying.untouched()).isTrue();
    }
}
