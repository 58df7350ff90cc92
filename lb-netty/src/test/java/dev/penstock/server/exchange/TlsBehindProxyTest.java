package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.tls.TestPki;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A PROXY header in cleartext, and TLS behind it. */
@Timeout(60)
class TlsBehindProxyTest {
    private static final String REFUSED = "penstock_client_connections_refused_total{reason=\"proxy_protocol\"}";
    private static final byte[] V1 = "PROXY TCP4 1.2.3.4 5.6.7.8 1111 443\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10, 0x21, 0x11, 0, 12,
        1, 2, 3, 4, 5, 6, 7, 8, 4, 87, 1, (byte) 187};

    @TempDir
    Path folder;

    private final FakeEngine engine = new FakeEngine();
    private TestPki pki;
    private WatchedPenstock penstock;

    @BeforeEach
    void start() {
        pki = new TestPki(folder);
        pki.install("server", pki.issue("localhost"));
        penstock = WatchedPenstock.of(pki.file("penstock.yaml", "tls: {certificate: server.pem, key: server.key}\n"
                + "proxy-protocol: {mode: required, trust: 127.0.0.0/8}\n" + WatchedPenstock.models(engine.port)));
    }

    @AfterEach
    void close() {
        penstock.close();
        engine.close();
    }

    static Stream<byte[]> headers() {
        return Stream.of(V1, V2);
    }

    private void assertTold(RawConnection client) {
        client.send(Http.chat("x-forwarded-for: 6.6.6.6"));
        try (RawConnection pod = engine.accept()) {
            RawConnection.Message request = pod.readMessage();
            assertThat(request.header("x-forwarded-for")).isEqualTo("1.2.3.4");
            assertThat(request.header("x-forwarded-proto")).isEqualTo("https");
            pod.send(Http.ok("{}", "connection: close"));
            assertThat(client.readMessage().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("headers")
    void shouldTellWhoTheClientIsAndThatItSpeaksTls(byte[] header) throws IOException {
        Socket socket = penstock.socket();
        socket.getOutputStream().write(header);
        try (RawConnection client = WatchedPenstock.secure(pki.context(null), socket, "http/1.1")) {
            assertThat(((SSLSocket) client.socket).getApplicationProtocol()).isEqualTo("http/1.1");
            assertTold(client);
        }
    }

    @ParameterizedTest
    @MethodSource("headers")
    void shouldTakeAHandshakeThatComesTogetherWithTheHeader(byte[] header) throws IOException {
        GatheringSocket socket = new GatheringSocket(penstock.port());
        socket.gather(2).getOutputStream().write(header);
        try (RawConnection client = WatchedPenstock.secure(pki.context(null), socket)) {
            assertTold(client);
        }
    }

    @ParameterizedTest
    @MethodSource("headers")
    void shouldAgreeOnHttp2BehindAHeader(byte[] header) throws IOException {
        Socket socket = penstock.socket();
        socket.getOutputStream().write(header);
        try (RawConnection client = WatchedPenstock.secure(pki.context(null), socket, "h2", "http/1.1");
                RawHttp2 http2 = new RawHttp2(client)) {
            assertThat(((SSLSocket) client.socket).getApplicationProtocol()).isEqualTo("h2");
            http2.headers(1, 0, RawHttp2.CHAT).data(1, RawHttp2.END_STREAM, Http.CHAT);
            try (RawConnection pod = engine.accept()) {
                RawConnection.Message request = pod.readMessage();
                assertThat(request.header("x-forwarded-for")).isEqualTo("1.2.3.4");
                assertThat(request.header("x-forwarded-proto")).isEqualTo("https");
                pod.send(Http.ok("{}", "connection: close"));
                assertThat(http2.answer(1).status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY TCP4 1.2.3.4\r\n", "GET / HTTP/1.1\r\n\r\n"})
    void shouldCloseWithoutAWordWhereTheHeaderIsWrong(String header) throws IOException {
        Socket socket = penstock.socket();
        socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> WatchedPenstock.secure(pki.context(null), socket)).isInstanceOf(IOException.class);
        socket.close();
        TestProxy.await("counted", () -> penstock.metric(REFUSED) == 1);
        assertThat(engine.untouched()).isTrue();
    }
}
