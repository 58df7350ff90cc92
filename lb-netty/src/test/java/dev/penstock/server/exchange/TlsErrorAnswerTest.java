package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.tls.TestPki;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that close an encrypted connection while the client is still sending. */
@Timeout(60)
class TlsErrorAnswerTest {
    private static final String HEAD = "POST /v1/chat/completions HTTP/1.1\r\nhost: t\r\n";

    @TempDir
    Path folder;

    static Stream<Arguments> requests() {
        return Stream.of(
                Arguments.of("a body too long", HEAD + "content-length: 1000000000\r\n\r\n", 413),
                Arguments.of("a body too long, in chunks", HEAD + "transfer-encoding: chunked\r\n\r\n"
                        + Http.chunk("{\"x\":\""), 413),
                Arguments.of("no request", "garbage\r\n\r\n", 400),
                Arguments.of("a chunk without size", HEAD + "transfer-encoding: chunked\r\n\r\n\r\n", 400),
                Arguments.of("headers too large", HEAD + ("x: " + "y".repeat(1_000) + "\r\n").repeat(100), 431));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void shouldReachTheClientWhole(String name, String begun, int status) throws Exception {
        TestPki pki = new TestPki(folder);
        pki.install("server", pki.issue("localhost"));
        Path config = pki.file("penstock.yaml", "tls: {certificate: server.pem, key: server.key}\n"
                + "limits.body: 1MiB\n" + WatchedPenstock.models(1));
        try (WatchedPenstock penstock = WatchedPenstock.of(config);
                RawConnection client = penstock.connect(pki.context(null))) {
            byte[] rest = Http.chunk("z".repeat(65_536)).repeat(64).getBytes(StandardCharsets.US_ASCII);
            Thread sending = Thread.ofPlatform().start(() ->
                    client.sendAll(begun.getBytes(StandardCharsets.US_ASCII), rest));
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.body()).startsWith("{\"error\":").endsWith("}");
            client.socket.close();
            sending.join();
        }
    }
}
