package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.exchange.RawConnection.Message;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same request over HTTP/1 and over HTTP/2 gets the same answer. */
@Timeout(30)
class Http2LikeHttp1Test {
    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final Http2Client client = new Http2Client(proxy.address());
    private final RawConnection old = proxy.connect();

    @AfterEach
    void close() {
        proxy.awaitIdle();
        old.close();
        client.close();
        proxy.close();
        engine.close();
    }

    static Stream<Arguments> requests() {
        String chat = "/v1/chat/completions";
        return Stream.of(
                Arguments.of("/v1/nothing", "{}", ""),
                Arguments.of(chat, "{", ""),
                Arguments.of(chat, "", ""),
                Arguments.of(chat, "{\"model\":\"m\"}", ""),
                Arguments.of(chat, "{\"model\":\"m\",\"model\":\"n\",\"messages\":[]}", ""),
                Arguments.of(chat, Http.CHAT.replace("\"m\"", "\"x\\ty\""), ""),
                Arguments.of(chat, Http.CHAT.replace("\"m\"", "\"x\""), ""),
                Arguments.of(chat, Http.CHAT.replace("\"m\"", "\"empty\""), ""),
                Arguments.of(chat, Http.CHAT, "routing-strategy: nonsense"),
                Arguments.of(chat, Http.CHAT, "routing-strategy: failing"),
                Arguments.of(chat, Http.CHAT, "external-filter: a in ("),
                Arguments.of(chat, Http.CHAT, "external-filter: slot=none"),
                Arguments.of(chat, Http.CHAT, "content-encoding: gzip"),
                Arguments.of(chat, Http.CHAT.replace("hi", "y".repeat(300_000)), ""),
                Arguments.of("/v1/messages", "{\"model\":\"m\"}", ""),
                Arguments.of("/v1/embeddings", "{\"model\":\"m\",\"input\":\"a\",\"stream\":true}", ""),
                Arguments.of("/v1/audio/transcriptions", "{}", ""),
                Arguments.of("/v1/models", "{}", ""),
                Arguments.of("/v1/responses/resp_none/cancel", "{}", ""));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void shouldAnswerAsOverHttp1(String path, String body, String header) {
        String[] headers = header.isEmpty() ? new String[] {"x-request-id: same"}
                : new String[] {"x-request-id: same", header};
        Message expected = old.send(Http.post(path, body, headers)).readMessage();
        Http2Client.Answer answer = client.post(path, body, headers).answer();
        assertThat(answer.status()).isEqualTo(expected.status()).isNotEqualTo(200);
        assertThat(answer.body()).isEqualTo(expected.body());
        for (String line : expected.head().split("\r\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon > 0 && !line.startsWith("connection")) {
                String name = line.substring(0, colon);
                assertThat(answer.header(name)).as(name).isEqualTo(expected.header(name));
            }
        }
        assertThat(engine.untouched()).isTrue();
    }
}
