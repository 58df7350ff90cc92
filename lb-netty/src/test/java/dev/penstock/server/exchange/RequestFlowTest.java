package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Usage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that go well, however they are sent. */
@Timeout(30)
class RequestFlowTest {

    @Test
    void shouldRelayChatAndKeepBothConnections() throws InterruptedException {
        try (FakeEngine engine = new FakeEngine(); TestProxy proxy = new TestProxy(engine.port);
                RawConnection client = proxy.connect()) {
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
    }
}
