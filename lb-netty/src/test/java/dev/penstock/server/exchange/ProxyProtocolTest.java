package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.address.ForwardingRules.Header;
import dev.penstock.server.address.ForwardingRules.Mode;
import dev.penstock.server.address.ForwardingRules.ProxyProtocol;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that begin with a PROXY header. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxyProtocolTest {
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final byte[] NO_BYTES = {};
    private static final String REFUSED = "penstock_client_connections_refusedreason/proxy_protocol";

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = proxy("127.0.0.0/8");

    private TestProxy proxy(String trust) {
        return new TestProxy(ProxyContext.Limits.standard(1), new ForwardingRules(ProxyProtocol.REQUIRED,
                AddressRanges.parse(trust), Mode.APPEND, Header.X_FORWARDED_FOR, AddressRanges.parse("10.0.0.0/8")),
                engine.port);
    }

    @AfterAll
    void close() {
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private static byte[] v1(String line) {
        return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] v2(int command, int family, int... rest) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        out.write(command);
        out.write(family);
        out.write(rest.length >> 8);
        out.write(rest.length);
        for (int b : rest) {
            out.write(b);
        }
        return out.toByteArray();
    }

    private static final int[] V4 = {1, 2, 3, 4, 5, 6, 7, 8, 4, 87, 0, 80};
    private static final int[] V6 = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 87, 0, 80};
    /** The client spoke TLS; and one that nobody knows. */
    private static final int[] V4_TLS = {1, 2, 3, 4, 5, 6, 7, 8, 4, 87, 0, 80, 0x20, 0, 5, 1, 0, 0, 0, 0,
        0xe0, 0, 2, 'x', 'y'};

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("v1 TCP4", v1("PROXY TCP4 1.2.3.4 5.6.7.8 1111 80"), "1.2.3.4", "http"),
                Arguments.of("v1 TCP6", v1("PROXY TCP6 2001:db8::9 ::1 1111 80"), "2001:db8::9", "http"),
                Arguments.of("v1 UNKNOWN", v1("PROXY UNKNOWN"), "127.0.0.1", "http"),
                Arguments.of("v1 UNKNOWN with more", v1("PROXY UNKNOWN ffff::1 ffff::1 1 2"), "127.0.0.1", "http"),
                Arguments.of("v2 IPv4", v2(0x21, 0x11, V4), "1.2.3.4", "http"),
                Arguments.of("v2 IPv6", v2(0x21, 0x21, V6), "2001:db8::9", "http"),
                Arguments.of("v2 with TLS", v2(0x21, 0x11, V4_TLS), "1.2.3.4", "https"),
                Arguments.of("v2 LOCAL", v2(0x20, 0), "127.0.0.1", "http"),
                Arguments.of("v2 LOCAL with an address", v2(0x20, 0x11, V4), "127.0.0.1", "http"),
                Arguments.of("v2 unspecified", v2(0x21, 0), "127.0.0.1", "http"),
                Arguments.of("v2 of a Unix socket", v2(0x21, 0x31, new int[216]), "127.0.0.1", "http"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void shouldTellWhoTheClientIs(String name, byte[] header, String client, String scheme) {
        try (RawConnection connection = proxy.connect()) {
            connection.send(header).send(Http.chat("x-forwarded-for: 6.6.6.6"));
            try (RawConnection pod = engine.accept()) {
                RawConnection.Message request = pod.readMessage();
                assertThat(request.header("x-forwarded-for")).isEqualTo(client);
                assertThat(request.header("x-forwarded-proto")).isEqualTo(scheme);
                pod.send(Http.ok("{}", "connection: close"));
                assertThat(connection.readMessage().status()).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void shouldTakeAHeaderByteByByteAndARequestRightBehindIt(String name, byte[] header, String client,
            String scheme) {
        try (RawConnection connection = proxy.connect()) {
            for (int i = 0; i < header.length - 1; i++) {
                connection.send(new byte[] {header[i]});
            }
            byte[] request = Http.get("/v1/models").getBytes(StandardCharsets.US_ASCII);
            byte[] last = new byte[request.length + 1];
            last[0] = header[header.length - 1];
            System.arraycopy(request, 0, last, 1, request.length);
            assertThat(connection.send(last).readMessage().status()).isEqualTo(200);
        }
    }

    static Stream<Arguments> malformed() {
        int[] torn = {1, 2, 3, 4, 5, 6, 7, 8, 4, 87, 0, 80, 0x20, 0, 99, 1};
        return Stream.of(
                Arguments.of("a request alone", v1("GET /v1/models HTTP/1.1")),
                Arguments.of("v1 in lower case", v1("proxy TCP4 1.2.3.4 5.6.7.8 1111 80")),
                Arguments.of("v1 of another protocol", v1("PROXY UDP4 1.2.3.4 5.6.7.8 1111 80")),
                Arguments.of("v1 with too few parts", v1("PROXY TCP4 1.2.3.4 5.6.7.8 1111")),
                Arguments.of("v1 with too many parts", v1("PROXY TCP4 1.2.3.4 5.6.7.8 1111 80 x")),
                Arguments.of("v1 with a name", v1("PROXY TCP4 localhost 5.6.7.8 1111 80")),
                Arguments.of("v1 with an address of the other family", v1("PROXY TCP4 ::1 ::1 1111 80")),
                Arguments.of("v1 with a port that is none", v1("PROXY TCP4 1.2.3.4 5.6.7.8 65536 80")),
                Arguments.of("v1 without end", v1("PROXY TCP4 " + "1".repeat(120))),
                Arguments.of("v2 of version 3", v2(0x31, 0x11, V4)),
                Arguments.of("v2 with another command", v2(0x22, 0x11, V4)),
                Arguments.of("v2 with another family", v2(0x21, 0x41, V4)),
                Arguments.of("v2 that is too short", v2(0x21, 0x11, 1, 2, 3, 4)),
                Arguments.of("v2 with an extension beyond its end", v2(0x21, 0x11, torn)),
                Arguments.of("v2 that is too long", v2(0x21, 0x11, new int[20_000])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void shouldCloseWithoutAWordWhatIsMalformed(String name, byte[] header) {
        long before = proxy.count(REFUSED);
        try (RawConnection connection = proxy.connect()) {
            connection.sendAll(header, Http.chat().getBytes(StandardCharsets.US_ASCII));
            assertThat(connection.readToEnd()).isIn("", "<reset>");
        }
        TestProxy.await("counted", () -> proxy.count(REFUSED) == before + 1);
        assertThat(engine.untouched()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY TCP4 1.2.3.4 ", "\r\n\r\n"})
    void shouldNotWaitForAHeaderForEver(String begun) {
        try (TestProxy impatient = proxy("127.0.0.1")) {
            impatient.settings.headerMillis = 60;
            try (RawConnection connection = impatient.connect()) {
                connection.send(begun);
                assertThat(connection.readToEnd()).isIn("", "<reset>");
            }
            TestProxy.await("counted", () -> impatient.count(REFUSED) == 1);
        }
    }

    @Test
    void shouldCloseWhoeverIsNotTrusted() {
        try (TestProxy other = proxy("10.0.0.0/8"); RawConnection connection = other.connect()) {
            connection.sendAll(v1("PROXY TCP4 1.2.3.4 5.6.7.8 1111 80"), NO_BYTES);
            assertThat(connection.readToEnd()).isIn("", "<reset>");
            assertThat(other.count(REFUSED)).isEqualTo(1);
        }
    }

    @Test
    void shouldBelieveATrustedProxyBehindTheProxy() {
        try (RawConnection connection = proxy.connect()) {
            connection.send(v1("PROXY TCP4 10.1.1.1 5.6.7.8 1111 80"))
                    .send(Http.chat("x-forwarded-for: 6.6.6.6, 1.2.3.4", "x-forwarded-proto: https"));
            try (RawConnection pod = engine.accept()) {
                RawConnection.Message request = pod.readMessage();
                assertThat(request.header("x-forwarded-for")).isEqualTo("6.6.6.6, 1.2.3.4, 10.1.1.1");
                assertThat(request.header("x-forwarded-proto")).isEqualTo("https");
                pod.send(Http.ok("{}", "connection: close"));
                connection.readMessage();
            }
        }
    }
}
