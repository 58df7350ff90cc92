package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests on one connection of a client: where one ends and the next begins. */
@Timeout(30)
class ClientConnectionTest {
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
    void shouldReadAheadOfAnAnswerUpToABoundAndLoseNothing() {
        client.send(Http.chat());
        RawConnection pod = engine.accept();
        pod.readMessage();
        int ahead = 300;
        for (int i = 0; i < ahead; i++) {
            client.send(Http.get("/v1/models/" + i).replace("host", "filler: " + "f".repeat(700) + "\r\nhost"));
        }
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        for (int i = 0; i < ahead; i++) {
            assertThat(client.readMessage().body()).contains("model " + i + " does not exist");
        }
    }

    @Test
    void shouldGoOnWithAHeadThatBeganBehindAnotherRequest() {
        String next = Http.chat("x-request-id: second");
        client.send(Http.chat() + next.substring(0, 60));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{\"n\":1}"));
        assertThat(client.readMessage().body()).isEqualTo("{\"n\":1}");
        client.send(next.substring(60));
        assertThat(pod.readMessage().header("x-request-id")).isEqualTo("second");
        pod.send(Http.ok("{\"n\":2}"));
        assertThat(client.readMessage().body()).isEqualTo("{\"n\":2}");
    }

    @Test
    void shouldTellAClientThatDoesNotFinishAHeadBehindAnotherRequest() {
        proxy.settings.headerMillis = 300;
        try (RawConnection slow = proxy.connect()) {
            slow.send(Http.get("/v1/models") + "GET /v1");
            assertThat(slow.readMessage().status()).isEqualTo(200);
            assertThat(slow.readToEnd()).startsWith("HTTP/1.1 408").contains("connection: close");
        }
    }

    @Test
    void shouldSkipTheRestOfABodyThatIsNotWanted() {
        String request = Http.post("/v1/nothing", "{\"a\":\"GET / HTTP/1.1\"}");
        client.send(request.substring(0, request.length() - 20));
        assertThat(client.readMessage().status()).isEqualTo(501);
        client.send(request.substring(request.length() - 20) + "\r\n" + Http.get("/v1/models"));
        assertThat(client.readMessage().status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseWhatIsNoRequestBehindOneThatIs() {
        client.send(Http.get("/v1/models") + "\r\n\r\n" + Http.get("/v1/models"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        RawConnection.Message refused = client.readMessage();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.header("connection")).isEqualTo("close");
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldDropWhatAnyConnectionHeaderNames() {
        client.send(Http.chat("Connection: Keep-Alive", "X-Secret: 1", "Connection: x-SECRET , X-Other",
                "x-other: 2", "x-secrets: kept"));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().head().toLowerCase(Locale.ROOT))
                .doesNotContain("x-secret:", "x-other", "connection").contains("x-secrets: kept");
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().header("connection")).isNull();
    }

    @Test
    void shouldForwardValuesAsTheyAre() {
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\nx-a:b\r\nX-Blank:  c \r\ncontent-length: "
                + Http.CHAT.length() + "\r\n\r\n" + Http.CHAT);
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().head()).contains("\r\nx-a:b\r\n", "\r\nX-Blank:  c \r\n");
        pod.send(Http.ok("{}"));
        client.readMessage();
    }
}
