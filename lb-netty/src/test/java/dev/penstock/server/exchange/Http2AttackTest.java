package dev.penstock.server.exchange;

import static dev.penstock.server.exchange.RawHttp2.CONTINUATION;
import static dev.penstock.server.exchange.RawHttp2.DATA;
import static dev.penstock.server.exchange.RawHttp2.END_HEADERS;
import static dev.penstock.server.exchange.RawHttp2.END_STREAM;
import static dev.penstock.server.exchange.RawHttp2.HEADERS;
import static dev.penstock.server.exchange.RawHttp2.PING;
import static dev.penstock.server.exchange.RawHttp2.RST_STREAM;
import static dev.penstock.server.exchange.RawHttp2.SETTINGS;
import static dev.penstock.server.exchange.RawHttp2.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.config.Http2Settings;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients over HTTP/2 that mean harm: floods, bombs, and heads that another server would read in another way. */
@Timeout(60)
class Http2AttackTest {
    private static final int NO_ERROR = 0;
    private static final int PROTOCOL_ERROR = 1;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawHttp2 client = new RawHttp2(proxy.connect());

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private void assertFlood(String kind) {
        assertThat(client.fatal()).isEqualTo(ENHANCE_YOUR_CALM);
        assertThat(proxy.count("penstock_http2_floodskind/" + kind)).isEqualTo(1);
    }

    private void assertStillServes(int stream) {
        client.headers(stream, END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/v1/models", ":authority",
                "test");
        assertThat(client.answer(stream).status()).isEqualTo(200);
    }

    // ---- floods

    @Test
    void shouldRefuseRapidReset() {
        int most = Http2Settings.STANDARD.maxResets();
        byte[] reset = RawHttp2.number(8);
        for (int i = 0; i <= most; i++) {
            client.headers(2 * i + 1, 0, RawHttp2.CHAT).send(RST_STREAM, 0, 2 * i + 1, reset);
        }
        assertFlood("resets");
    }

    @Test
    void shouldRefuseResetsThatTheClientProvokes() {
        int most = Http2Settings.STANDARD.maxResets();
        for (int i = 0; i <= most; i++) {
            // A window that cannot open any more is an error of the stream.
            client.headers(2 * i + 1, 0, RawHttp2.CHAT)
                    .send(WINDOW_UPDATE, 0, 2 * i + 1, RawHttp2.number(Integer.MAX_VALUE));
        }
        assertFlood("errors");
    }

    @Test
    void shouldRefuseContinuationFlood() {
        client.send(HEADERS, 0, 1, RawHttp2.block(RawHttp2.CHAT));
        client.flood(RawHttp2.frame(CONTINUATION, 0, 1, RawHttp2.block("a", "b")), 1_000);
        assertThat(client.fatal()).isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void shouldRefuseAHeaderBlockWithoutEnd() {
        client.send(HEADERS, 0, 1, RawHttp2.block(RawHttp2.CHAT));
        client.flood(RawHttp2.frame(CONTINUATION, 0, 1, RawHttp2.block("a", "b".repeat(16_000))), 100);
        assertThat(client.fatal()).isEqualTo(PROTOCOL_ERROR);
    }

    @Test
    void shouldRefuseHpackBomb() {
        ByteArrayOutputStream learnt = new ByteArrayOutputStream();
        learnt.writeBytes(RawHttp2.block(RawHttp2.CHAT));
        learnt.write(0x40);
        RawHttp2.literal(learnt, "x-bomb");
        RawHttp2.literal(learnt, "b".repeat(4_000));
        for (int i = 0; i < 1_000; i++) {
            // Each byte stands for four thousand.
            learnt.write(0x80 | 62);
        }
        client.send(HEADERS, END_HEADERS | END_STREAM, 1, learnt.toByteArray());
        RawHttp2.Answer answer = client.answer(1);
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.body()).contains("request headers too large");
        assertStillServes(3);
    }

    @Test
    void shouldTellHeadersThatAreTooLarge() {
        client.send(HEADERS, 0, 1, RawHttp2.block(RawHttp2.CHAT));
        for (int i = 0; i < 4; i++) {
            client.send(CONTINUATION, 0, 1, RawHttp2.block("a", "b".repeat(16_000)));
        }
        client.send(CONTINUATION, END_HEADERS, 1, RawHttp2.block("a", "b".repeat(2_000)));
        client.data(1, END_STREAM, Http.CHAT);
        assertThat(client.answer(1).status()).isEqualTo(431);
        assertStillServes(3);
        assertThat(proxy.count("penstock_http2_streams_refusedreason/headers_too_large")).isEqualTo(1);
    }

    @Test
    void shouldTellThatThereAreTooManyHeaders() {
        String[] fields = new String[8 + 2 * 300];
        System.arraycopy(RawHttp2.CHAT, 0, fields, 0, 8);
        for (int i = 8; i < fields.length; i++) {
            fields[i] = "a";
        }
        client.headers(1, END_STREAM, fields);
        assertThat(client.answer(1).status()).isEqualTo(431);
        assertStillServes(3);
    }

    @Test
    void shouldTellAPathThatIsTooLong() {
        client.headers(1, END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/" + "p".repeat(9_000),
                ":authority", "test");
        assertThat(client.answer(1).status()).isEqualTo(414);
    }

    @Test
    void shouldRefuseEmptyDataFlood() {
        client.headers(1, 0, RawHttp2.CHAT);
        client.flood(RawHttp2.frame(DATA, 0, 1), Http2Settings.STANDARD.maxControlFrames() + 10);
        assertFlood("control");
    }

    @Test
    void shouldRefusePingFlood() {
        client.flood(RawHttp2.frame(PING, 0, 0, new byte[8]), Http2Settings.STANDARD.maxControlFrames() + 10);
        assertFlood("control");
    }

    @Test
    void shouldRefuseSettingsFlood() {
        client.flood(RawHttp2.frame(SETTINGS, 0, 0), Http2Settings.STANDARD.maxControlFrames() + 10);
        assertFlood("control");
    }

    @Test
    void shouldRefuseAWindowThatOpensByteByByte() {
        client.headers(1, 0, RawHttp2.CHAT);
        client.flood(RawHttp2.frame(WINDOW_UPDATE, 0, 1, RawHttp2.number(1)),
                Http2Settings.STANDARD.maxControlFrames() + 10);
        assertFlood("control");
    }

    @Test
    void shouldRefuseToAnswerWhoDoesNotRead() throws Exception {
        String[] fields = {":method", "HEAD", ":scheme", "http", ":path", "/v1/models", ":authority", "test",
            "x-request-id", "x".repeat(128)};
        client.connection.socket.setSoTimeout(15_000);
        Thread.ofPlatform().start(() -> {
            try {
                for (int i = 0; i < 400_000; i++) {
                    client.headers(2 * i + 1, END_STREAM, fields);
                }
            } catch (UncheckedIOException e) {
                // Closed by the other side, which is what is waited for.
                return;
            }
        }).join();
        assertThat(proxy.count("penstock_http2_floodskind/unread")).isEqualTo(1);
    }

    @Test
    void shouldRefuseStreamsOverTheLimitAndServeTheOthers() {
        int most = Http2Settings.STANDARD.maxConcurrentStreams();
        for (int i = 0; i <= most; i++) {
            client.headers(2 * i + 1, 0, RawHttp2.CHAT);
        }
        // What belongs to a stream that was refused must not end the connection.
        client.data(2 * most + 1, 0, "{").data(2 * most + 1, END_STREAM, "}");
        RawHttp2.Answer refused = client.answer(2 * most + 1);
        assertThat(refused.status()).isZero();
        assertThat(refused.reset()).isEqualTo(REFUSED_STREAM);
        assertThat(proxy.count("penstock_http2_streams_refusedreason/too_many")).isEqualTo(1);
        client.data(1, END_STREAM, "{}");
        assertThat(client.answer(1).status()).isEqualTo(400);
        assertStillServes(2 * most + 3);
    }

    // ---- requests that are read in two ways

    static Stream<Arguments> heads() {
        return Stream.concat(pseudoHeaders(), headers());
    }

    private static Stream<Arguments> pseudoHeaders() {
        return Stream.of(
                arguments("no method", ":scheme", "http", ":path", "/v1/models", ":authority", "t"),
                arguments("no scheme", ":method", "GET", ":path", "/v1/models", ":authority", "t"),
                arguments("no path", ":method", "GET", ":scheme", "http", ":authority", "t"),
                arguments("no authority", ":method", "GET", ":scheme", "http", ":path", "/v1/models"),
                arguments("empty path", ":method", "GET", ":scheme", "http", ":path", "", ":authority", "t"),
                arguments("empty method", ":method", "", ":scheme", "http", ":path", "/", ":authority", "t"),
                arguments("two methods", ":method", "GET", ":method", "POST", ":scheme", "http", ":path", "/",
                        ":authority", "t"),
                arguments("two paths", ":method", "GET", ":scheme", "http", ":path", "/a", ":path", "/b",
                        ":authority", "t"),
                good("unknown pseudo-header", ":foo", "1"),
                good("pseudo-header of answers", ":status", "200"),
                good("extended CONNECT", ":protocol", "websocket"),
                good("pseudo-header behind others", "a", "b", ":authority", "t"),
                good("path twice, behind others", "a", "b", ":path", "/v1/models"),
                arguments("relative path", ":method", "GET", ":scheme", "http", ":path", "v1/models", ":authority",
                        "t"),
                arguments("absolute path", ":method", "GET", ":scheme", "http", ":path", "http://t/", ":authority",
                        "t"),
                arguments("request in the path", ":method", "GET", ":scheme", "http", ":path",
                        "/ HTTP/1.1\r\nhost: evil\r\n\r\n", ":authority", "t"),
                arguments("blank in the path", ":method", "GET", ":scheme", "http", ":path", "/a b", ":authority",
                        "t"),
                arguments("request in the method", ":method", "GET / HTTP/1.1\r\nx: ", ":scheme", "http", ":path",
                        "/", ":authority", "t"),
                arguments("blank in the method", ":method", "GE T", ":scheme", "http", ":path", "/", ":authority",
                        "t"),
                arguments("CONNECT", ":method", "CONNECT", ":authority", "t:80"),
                arguments("CONNECT with a path", ":method", "CONNECT", ":scheme", "http", ":path", "/", ":authority",
                        "t:80"),
                arguments("scheme of its own", ":method", "GET", ":scheme", "ftp", ":path", "/", ":authority", "t"),
                arguments("user in the authority", ":method", "GET", ":scheme", "http", ":path", "/", ":authority",
                        "u@t"),
                arguments("two authorities in one", ":method", "GET", ":scheme", "http", ":path", "/", ":authority",
                        "t,u"),
                arguments("line in the authority", ":method", "GET", ":scheme", "http", ":path", "/", ":authority",
                        "t\r\nx: y"));
    }

    private static Stream<Arguments> headers() {
        return Stream.of(
                good("host that is another", "host", "u"),
                good("two hosts", "host", "t", "host", "t"),
                good("capitals", "X-A", "b"),
                good("blank in a name", "a b", "c"),
                good("colon in a name", "a:b", "c"),
                good("line in a name", "a: b\r\nc", "d"),
                good("end of the head in a name", "a\r\n\r\nGET / HTTP/1.1\r\nb", "d"),
                good("NUL in a name", "a\0", "b"),
                good("Latin-1 in a name", "\u00e4", "b"),
                good("empty name", "", "b"),
                good("line in a value", "a", "b\r\nx-evil: 1"),
                good("LF in a value", "a", "b\nc"),
                good("CR in a value", "a", "b\rc"),
                good("NUL in a value", "a", "b\0c"),
                good("blank before a value", "a", " b"),
                good("tab behind a value", "a", "b\t"),
                good("connection", "connection", "close"),
                good("keep-alive", "keep-alive", "timeout=5"),
                good("proxy-connection", "proxy-connection", "keep-alive"),
                good("transfer-encoding", "transfer-encoding", "chunked"),
                good("upgrade", "upgrade", "h2c"),
                good("te other than trailers", "te", "gzip"),
                good("length of another", "content-length", "1"),
                good("two lengths", "content-length", "2", "content-length", "2"),
                good("list of lengths", "content-length", "2, 2"),
                good("length with a sign", "content-length", "+2"),
                good("length beyond numbers", "content-length", "99999999999999999999"),
                good("length with too many zeros", "content-length", "00000000000000000002"),
                good("empty length", "content-length", ""),
                good("two keys", "authorization", "Bearer a", "authorization", "Bearer b"),
                good("two types of content", "content-type", "a/b", "content-type", "c/d"),
                good("two encodings, the first one plain", "content-encoding", "identity", "content-encoding", "gzip"),
                good("two expectations", "expect", "100-continue", "expect", "100-continue"));
    }

    private static Arguments arguments(String what, String... fields) {
        return Arguments.of(what, fields);
    }

    /** A head that would be good without these. */
    private static Arguments good(String what, String... more) {
        String[] fields = {":method", "POST", ":scheme", "http", ":path", "/v1/chat/completions", ":authority", "t"};
        String[] all = Stream.concat(Stream.of(fields), Stream.of(more)).toArray(String[]::new);
        return Arguments.of(what, all);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("heads")
    void shouldRefuseHeadsThatHaveNoSafeReading(String what, String[] fields) {
        client.headers(1, 0, fields).data(1, END_STREAM, "{}");
        RawHttp2.Answer answer = client.answer(1);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("malformed HTTP request");
        assertStillServes(3);
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldResetAStreamWhoseHeadIsMalformed() {
        client.headers(1, 0, ":method", "GET", ":path", "/");
        assertThat(client.answer(1).status()).isEqualTo(400);
        RawHttp2.Frame reset = client.next(RST_STREAM);
        assertThat(reset.stream()).isEqualTo(1);
        assertThat(reset.number()).isEqualTo(PROTOCOL_ERROR);
    }

    @Test
    void shouldRefuseABodyThatIsLongerThanItsLength() {
        client.headers(1, 0, with("content-length", "10")).data(1, 0, "{\"model\"").data(1, END_STREAM, ":\"m\"}");
        assertThat(client.answer(1).status()).isEqualTo(400);
        assertStillServes(3);
    }

    @Test
    void shouldRefuseABodyThatIsShorterThanItsLength() {
        client.headers(1, 0, with("content-length", "1000")).data(1, END_STREAM, Http.CHAT);
        assertThat(client.answer(1).status()).isEqualTo(400);
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldRefuseALengthWithoutBody() {
        client.headers(1, END_STREAM, with("content-length", "5"));
        assertThat(client.answer(1).status()).isEqualTo(400);
    }

    @Test
    void shouldBreakOffABodyThatFlowsBeyondItsLength() {
        String first = String.join("\r\n", "--b", "content-disposition: form-data; name=\"model\"", "", "m", "--b", "");
        client.headers(1, 0, ":method", "POST", ":scheme", "http", ":path", "/v1/audio/transcriptions", ":authority",
                "t", "content-type", "multipart/form-data; boundary=b", "content-length", "200");
        client.data(1, 0, first);
        RawConnection pod = engine.accept();
        pod.readHead();
        client.data(1, END_STREAM, "x".repeat(400) + "\r\nGET /admin HTTP/1.1\r\n\r\n");
        assertThat(client.answer(1).status()).isEqualTo(400);
        assertThat(pod.readToEnd()).doesNotContain("admin");
    }

    private static String[] with(String... more) {
        return Stream.concat(Stream.of(RawHttp2.CHAT), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void shouldDropTrailers() {
        client.headers(1, 0, RawHttp2.CHAT).data(1, 0, Http.CHAT).headers(1, END_STREAM, "x-trailer", "evil");
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.body()).isEqualTo(Http.CHAT);
        assertThat(request.head()).doesNotContain("evil");
        pod.send(Http.ok("{}"));
        assertThat(client.answer(1).body()).isEqualTo("{}");
    }

    @Test
    void shouldRefuseTrailersThatAreNone() {
        client.headers(1, 0, RawHttp2.CHAT).data(1, 0, Http.CHAT).headers(1, END_STREAM, ":path", "/admin");
        assertThat(client.answer(1).status()).isEqualTo(400);
        client.headers(3, 0, RawHttp2.CHAT).data(3, 0, Http.CHAT)
                .headers(3, END_STREAM, "content-length", "3");
        assertThat(client.answer(3).status()).isEqualTo(400);
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldEndTheConnectionOfWhatIsNoFrame() {
        client.connection.send("GET / HTTP/1.1\r\n\r\n");
        assertThat(client.fatal()).isNotEqualTo(NO_ERROR);
        assertThat(proxy.count("penstock_http2_connection_errors")).isEqualTo(1);
    }
}
