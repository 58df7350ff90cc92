package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.LiveSettings.UsageMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that never reach a pod. */
@Timeout(30)
class RefusalTest {
    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        assertThat(engine.untouched()).isTrue();
        proxy.close();
        engine.close();
    }

    private RawConnection.Message answerTo(String request) {
        return client.send(request).readMessage();
    }

    @Test
    void shouldRefuseAnUnknownPathAndKeepTheConnection() {
        RawConnection.Message answer = answerTo(Http.post("/v1/nothing", "{}"));
        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("x-error-request-body-processing")).isEqualTo("true");
        assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"unknown request path\",\"type\":\"api_error\","
                + "\"code\":null,\"param\":null}}");
        assertThat(answerTo(Http.get("/v1/chat/completions")).status()).isEqualTo(405);
    }

    @Test
    void shouldNameTheModelThatDoesNotExist() {
        RawConnection.Message answer = answerTo(Http.post("/v1/chat/completions", Http.CHAT.replace("\"m\"", "\"x\"")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-error-no-model-backends")).isEqualTo("x");
        assertThat(answer.body()).contains("model x does not exist", "model_not_found");
    }

    @Test
    void shouldTellAModelWithoutReadyPods() {
        RawConnection.Message answer =
                answerTo(Http.post("/v1/chat/completions", Http.CHAT.replace("\"m\"", "\"empty\"")));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("error on getting pods for model empty");
    }

    @Test
    void shouldRefuseUnknownStrategiesAndBrokenFilters() {
        RawConnection.Message answer = answerTo(Http.chat("routing-strategy: nonsense"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-error-routing")).isEqualTo("true");
        assertThat(answer.body()).contains("incorrect routing strategy nonsense");
        assertThat(answerTo(Http.chat("external-filter: a in (")).status()).isEqualTo(400);
        assertThat(answerTo(Http.chat("external-filter: slot=none")).status()).isEqualTo(503);
    }

    @Test
    void shouldRefuseBodiesThatAreNotWhatThePathAsksFor() {
        assertThat(answerTo(Http.post("/v1/chat/completions", "{")).status()).isEqualTo(400);
        assertThat(answerTo(Http.post("/v1/chat/completions", "{\"model\":\"m\"}")).body())
                .contains("no messages in the request body");
        assertThat(answerTo(Http.chat("content-encoding: gzip")).status()).isEqualTo(415);
        RawConnection.Message anthropic = answerTo(Http.post("/v1/messages", "{\"model\":\"m\"}"));
        assertThat(anthropic.body()).startsWith("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"");
    }

    @Test
    void shouldRequireUsageWhereThatIsTheSetting() {
        proxy.settings.usage = UsageMode.REQUIRE;
        RawConnection.Message answer = answerTo(Http.stream());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-error-no-stream-options-include-usage")).isEqualTo("true");
    }

    @Test
    void shouldRefuseALargeBodyByItsLengthBeforeReadingIt() {
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ncontent-length: 300000\r\n\r\n");
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.header("connection")).isEqualTo("close");
        client.send("{".repeat(1000));
        assertThat(client.readToEnd()).isEmpty();
    }

    @Test
    void shouldRefuseALargeChunkedBodyWhileItComes() {
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n");
        String spaces = " ".repeat(60_000);
        for (int i = 0; i < 5; i++) {
            client.send(Http.chunk(spaces));
        }
        assertThat(client.readMessage().status()).isEqualTo(413);
    }

    @Test
    void shouldRefuseWhenTheBudgetIsTakenAndGiveItBack() {
        assertThat(proxy.budget.tryTake((1 << 20) - 100)).isTrue();
        client.send(Http.head("POST /v1/chat/completions HTTP/1.1", "host: t", "expect: 100-continue",
                "content-length: 200"));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        proxy.budget.release((1 << 20) - 100);
    }

    @Test
    void shouldRefuseHeadersThatAreTooLarge() {
        assertThat(answerTo("GET / HTTP/1.1\r\nhost: t\r\na: " + "b".repeat(70_000) + "\r\n\r\n").status())
                .isEqualTo(431);
    }

    @Test
    void shouldRefuseTwoFramingsAndClose() {
        client.send(Http.head("POST /v1/chat/completions HTTP/1.1", "host: t", "content-length: 5",
                "transfer-encoding: chunked") + Http.LAST_CHUNK);
        assertThat(client.readToEnd()).startsWith("HTTP/1.1 400").contains("connection: close");
    }

    @Test
    void shouldRefuseTwoLengthsAndClose() {
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n");
        assertThat(client.readToEnd()).startsWith("HTTP/1.1 400");
    }

    @Test
    void shouldRefuseOtherCodingsAndAMissingHost() {
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ntransfer-encoding: gzip, chunked\r\n\r\n");
        assertThat(client.readToEnd()).startsWith("HTTP/1.1 400");
        try (RawConnection other = proxy.connect()) {
            assertThat(other.send("GET /v1/models HTTP/1.1\r\n\r\n").readToEnd()).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void shouldRefuseABrokenChunk() {
        client.send("POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n");
        assertThat(client.readToEnd()).startsWith("HTTP/1.1 400");
    }
}
