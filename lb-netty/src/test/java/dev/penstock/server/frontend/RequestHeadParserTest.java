package dev.penstock.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.body.Pieces;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadParserTest {
    private static final String REFUSED = "<MALFORMED_REQUEST>";
    private static final String TOO_LARGE = "<HEADERS_TOO_LARGE>";
    private static final String TOO_LONG = "<TARGET_TOO_LONG>";

    @Test
    void shouldReadWhatTheHeadSays() {
        ParsedHead head = Requests.head(lines("POST /v1/x?a=b HTTP/1.1", "host: t:80", "X-Session-ID:  one two\t",
                "content-length: 0012", "EXPECT: 100-Continue", "x-session-id: other", "x-empty:", "connection: TE"));
        assertThat(head.method()).isEqualTo("POST");
        assertThat(head.target()).isEqualTo("/v1/x?a=b");
        assertThat(head.http10()).isFalse();
        assertThat(head.bodyLength()).isEqualTo(12);
        assertThat(head.chunked()).isFalse();
        assertThat(head.keepAlive()).isTrue();
        assertThat(head.expects()).isTrue();
        assertThat(head.header(AsciiString.of("x-session-id"))).isEqualTo("one two");
        assertThat(head.header(AsciiString.of("x-empty"))).isEmpty();
        assertThat(head.header(AsciiString.of("x-absent"))).isNull();
        // As long and with the same first letter as one that is there.
        assertThat(head.header(AsciiString.of("x-eempt"))).isNull();
    }

    @Test
    void shouldTellEachHeaderAsItsLine() {
        String text = lines("GET / HTTP/1.1", "host: t", "A:b", "c: \t d ");
        StringBuilder copied = new StringBuilder();
        Requests.head(text).headers(new HeaderSink() {
            @Override
            public void header(CharSequence name, CharSequence value) {
                throw new AssertionError("not as a line");
            }

            @Override
            public void line(byte[] bytes, int from, int colon, int to) {
                copied.append(new String(bytes, from, to + 2 - from, StandardCharsets.ISO_8859_1));
                assertThat(bytes[colon]).isEqualTo((byte) ':');
            }
        });
        assertThat(copied + "\r\n").isEqualTo(text.substring(text.indexOf("host")));
    }

    @Test
    void shouldDecideOverKeepAlive() {
        assertThat(keepAlive("HTTP/1.1")).isTrue();
        assertThat(keepAlive("HTTP/1.1", "connection: x, Close")).isFalse();
        assertThat(keepAlive("HTTP/1.1", "connection: keep-alive", "connection: close")).isFalse();
        assertThat(keepAlive("HTTP/1.0")).isFalse();
        assertThat(keepAlive("HTTP/1.0", "connection: Keep-Alive")).isTrue();
        assertThat(keepAlive("HTTP/1.0", "connection: keep-alive ,close")).isFalse();
        assertThat(keepAlive("HTTP/1.1", "connection: closed, ,")).isTrue();
    }

    private static boolean keepAlive(String version, String... headers) {
        String text = "GET / " + version + "\r\nhost: t\r\n" + String.join("\r\n", headers)
                + (headers.length == 0 ? "\r\n" : "\r\n\r\n");
        return Requests.head(text).keepAlive();
    }

    @Test
    void shouldNotExpectAnythingBeforeHttp11() {
        assertThat(Requests.head(lines("POST / HTTP/1.0", "expect: 100-continue")).expects()).isFalse();
        assertThat(Requests.head(lines("POST / HTTP/1.1", "host: t", "expect: tea")).expects()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nhost: t\r\n\r\n", "\r\nGET / HTTP/1.1\r\nhost: t\r\n\r\n",
        "M-SEARCH * HTTP/1.1\r\nhost: t\r\n\r\n", "GET http://h/ HTTP/1.1\r\nhost: h\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHOST:[::1]:8080\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a.b_c-d:\r\n\r\n", "GET / HTTP/1.1\r\nhost: t\r\nx: \u00e4\tb\r\n\r\n"})
    void shouldTakeWhatIsOddAndStillClear(String text) {
        assertThat(Requests.read(text)).endsWith("{}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\n", "GET / HTTP/1.1\r\r\n", "GET  / HTTP/1.1\r\n", "GET /  HTTP/1.1\r\n",
        "GET / HTTP/1.1 \r\n", " GET / HTTP/1.1\r\n", "GET\t/ HTTP/1.1\r\n", "GET / a HTTP/1.1\r\n",
        "GET /\u0000 HTTP/1.1\r\n", "GET /\u007f HTTP/1.1\r\n", "GET /\u00e4 HTTP/1.1\r\n", "GET /\rb HTTP/1.1\r\n",
        "GET /\t HTTP/1.1\r\n", "GET / HTTP/1.2\r\n", "GET / HTTP/2.0\r\n", "GET / HTTP/0.9\r\n", "GET / http/1.1\r\n",
        "GET / HTTP/1.10\r\n", "GET / HTTP/01.1\r\n", "GET /\r\n", "GET\r\n", "/ HTTP/1.1\r\n", " / HTTP/1.1\r\n",
        "GET HTTP/1.1\r\n", "GET  HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", "G\u00cbT / HTTP/1.1\r\n", "\n",
        "\r\n\r\nGET / HTTP/1.1\r\n", "\nGET / HTTP/1.1\r\n", "\r\n\nGET / HTTP/1.1\r\n", "HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n", "\u0016\u0003\u0001\u0002\n"})
    void shouldRefuseARequestLine(String line) {
        assertThat(Requests.read(line + "host: t\r\n\r\n")).isEqualTo(REFUSED);
        assertThat(inPieces(line + "host: t\r\n\r\n")).isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: b\n", "a: b\r\r\n", "a : b\r\n", "a\t: b\r\n", " a: b\r\n",
        "\ta: b\r\n", "a: b\r\n c\r\n", "a: b\r\n\tc\r\n", ": b\r\n", "a\r\n", "a b: c\r\n", "a: b\u0000\r\n",
        "a: b\u000b\r\n", "a: \u007f\r\n",
        "a: b\rc: d\r\n", "a: b\nc: d\r\n", "a\u00e4: b\r\n", "a(b): c\r\n", "\"a\": b\r\n", "a\u0000: b\r\n",
        "=: b;\r\n",
        "a[b]: c\r\n", "a: b\r\n \r\n"})
    void shouldRefuseAHeader(String line) {
        String text = "GET / HTTP/1.1\r\nhost: t\r\n" + line + "\r\n";
        assertThat(Requests.read(text)).isEqualTo(REFUSED);
        assertThat(inPieces(text)).isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host:\r\n", "host: a\r\nhost: a\r\n", "host: a\r\nHost: b\r\n", "host: a, b\r\n",
        "host: a,b\r\n", "host: a b\r\n", "host: a/b\r\n", "host: user@a\r\n", "host: http://a\r\n", "host: a:b\r\n",
        "host: a:1:2\r\n", "host: :80\r\n", "host: a:123456\r\n", "host: [::1\r\n", "host: ::1\r\n", "host: []\r\n",
        "host: [::1]a\r\n", "host: a?b\r\n", "host: a#b\r\n", "host: a\\b\r\n", "host: \u00e4\r\n", "host : a\r\n"})
    void shouldRefuseAHost(String line) {
        assertThat(Requests.read("GET / HTTP/1.1\r\n" + line + "\r\n")).isEqualTo(REFUSED);
        if (!line.isEmpty()) {
            assertThat(Requests.read("GET / HTTP/1.0\r\n" + line + "\r\n")).isEqualTo(REFUSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length:\r\n", "content-length: +1\r\n", "content-length: -1\r\n",
        "content-length: 0x1\r\n", "content-length: 1,1\r\n", "content-length: 1, 2\r\n", "content-length: 1 1\r\n",
        "content-length: 1\r\ncontent-length: 1\r\n", "content-length: 1\r\nContent-Length: 2\r\n",
        "content-length: 9223372036854775808\r\n", "content-length: 99999999999999999999\r\n",
        "content-length: 1.0\r\n", "content-length: 1e1\r\n", "content-length: \u00b2\r\n", "content-length: 1;\r\n",
        "content-length : 1\r\n", "content-length\r\n", "content-length:\t1\r\n", "content-length: 1\t\r\n",
        "content-length: 00000000000000000001\r\n", "transfer-encoding:\tchunked\r\n",
        "transfer-encoding: chunked\t\r\n", "Content-Length: 1\r\nTransfer-Encoding:\tchunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 1\r\n",
        "content-length: 1\r\ntransfer-encoding: chunked\r\n", "transfer-encoding:\r\n",
        "transfer-encoding: gzip, chunked\r\n", "transfer-encoding: chunked, gzip\r\n",
        "transfer-encoding: identity\r\n", "transfer-encoding: gzip\r\n", "transfer-encoding: chunked, chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n", "transfer-encoding: xchunked\r\n",
        "transfer-encoding: \"chunked\"\r\n", "transfer-encoding: chunked;a=b\r\n", "transfer-encoding: chunked,\r\n",
        "transfer-encoding: \u000bchunked\r\n", "transfer-encoding : chunked\r\n",
        "transfer-encoding: chun\r\n ked\r\n"})
    void shouldRefuseAFraming(String lines) {
        assertThat(Requests.read("POST / HTTP/1.1\r\nhost: t\r\n" + lines + "\r\n")).isEqualTo(REFUSED);
        assertThat(Requests.read("POST / HTTP/1.1\r\n" + lines + "host: t\r\n\r\n")).isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorization", "Content-Type", "content-encoding", "EXPECT"})
    void shouldRefuseWhatMustNotBeThereTwice(String name) {
        String one = "GET / HTTP/1.1\r\nhost: t\r\n" + name + ": a\r\n";
        assertThat(Requests.read(one + "\r\n")).endsWith("{}\n");
        assertThat(Requests.read(one + name.toUpperCase(Locale.ROOT) + ": a\r\n\r\n")).isEqualTo(REFUSED);
        assertThat(Requests.read(one + "accept: a\r\naccept: b\r\n" + name + "s: a\r\n\r\n")).endsWith("{}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a/", "http://a", "HTTP://a?b", "https://a:80/x", "http://a@b/", "http:///"})
    void shouldRefuseATargetOfAnotherHost(String target) {
        assertThat(Requests.read("GET " + target + " HTTP/1.1\r\nhost: b\r\n\r\n")).isEqualTo(REFUSED);
    }

    @Test
    void shouldRefuseChunksBeforeHttp11() {
        assertThat(Requests.read("POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n")).isEqualTo(REFUSED);
    }

    @Test
    void shouldBoundTheHead() {
        String end = "\r\nhost: t\r\n\r\n";
        String line = "GET /" + "a".repeat(8192 - 14) + " HTTP/1.1";
        assertThat(bounded(line + end)).endsWith("{}\n");
        assertThat(bounded(line.replace("GET", "POST") + end)).isEqualTo(TOO_LONG);
        assertThat(bounded("x".repeat(9000))).isEqualTo(TOO_LONG);
        assertThat(bounded("GET / HTTP/1.1" + "\r\na: " + "b".repeat(65_000) + end)).endsWith("{}\n");
        assertThat(bounded("GET / HTTP/1.1" + "\r\na: " + "b".repeat(65_600) + end)).isEqualTo(TOO_LARGE);
        assertThat(bounded("GET / HTTP/1.1\r\n" + "b".repeat(65_600))).isEqualTo(TOO_LARGE);
        assertThat(bounded("GET / HTTP/1.1\r\nhost: t\r\n" + "a:\r\n".repeat(255) + "\r\n")).endsWith("{}\n");
        assertThat(bounded("GET / HTTP/1.1\r\nhost: t\r\n" + "a:\r\n".repeat(256) + "\r\n")).isEqualTo(TOO_LARGE);
    }

    private static String bounded(String text) {
        String whole = Requests.read(text);
        assertThat(inPieces(text)).isEqualTo(whole);
        return whole;
    }

    @Test
    void shouldForgetALongHead() {
        String text = lines("GET / HTTP/1.1", "host: t", "long: " + "x".repeat(50_000))
                + lines("GET /b HTTP/1.1", "host: u");
        assertThat(Requests.read(text)).endsWith("GET /b 1.1 host=u {}\n").doesNotContain("<");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\n", "\r\n", "5\nhello", "5 \r\nhello", " 5\r\nhello", "5\r\nhelloX", "5\r\nhello\n",
        "5\r\nhello\r\r\n", "-1\r\n", "+5\r\nhello", "0x5\r\nhello", "80000000\r\n", "100000005\r\nhello",
        "ffffffffffffffff5\r\n", "0\r\n bad\r\n\r\n", "0\r\n\n", "0\r\nA: 1\n\r\n", "0\r\nA\r\n\r\n",
        "0\r\n: a\r\n\r\n",
        "0\r\na : b\r\n\r\n", "0\r\na: \u0000\r\n\r\n", "0\r\na: b\r\n c\r\n\r\n", "0\r\n\rX", ";a\r\n", "5;\u0001\r\n",
        "5;a=\"b\"\r\nhello", "5; a\r\nhello", "5;a\nhello", "5;a\rb\r\nhello", "\u00b2\r\n", "5,5\r\nhello",
        "5;\r\nhello", "5;a=\r\nhello", "5;=b\r\nhello", "5;a=b=c\r\nhello", "5;;a\r\nhello", "5;a;\r\nhello",
        "5\r\n\r\nhello\r\n0\r\n\r\n"})
    void shouldRefuseChunks(String body) {
        String text = "POST / HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n" + body;
        assertThat(Requests.read(text)).endsWith(REFUSED);
        assertThat(inPieces(text)).isEqualTo(Requests.read(text));
    }

    @Test
    void shouldReadChunksAndBoundWhatIsBetween() {
        String head = "POST / HTTP/1.1\r\nhost: t\r\ntransfer-encoding: Chunked\r\n\r\n";
        assertThat(bounded(head + "5\r\nhello\r\n0A;a=b;c;d=e\r\n, chunked \r\n0\r\nx-t: 1\r\ny:\r\n\r\n"))
                .endsWith("{hello, chunked }\n");
        assertThat(bounded(head + "0".repeat(15) + "5\r\nhello\r\n0\r\n\r\n")).endsWith("{hello}\n");
        assertThat(bounded(head + "0".repeat(16) + "5\r\n")).endsWith(REFUSED);
        assertThat(bounded(head + "1\r\nx\r\n".repeat(5_000) + "0\r\n\r\n")).endsWith("x}\n");
        assertThat(bounded(head + ("1;a=" + "b".repeat(200) + "\r\nx\r\n").repeat(80))).endsWith("x<cut>");
        assertThat(bounded(head + ("1;a=" + "b".repeat(200) + "\r\nx\r\n").repeat(90))).endsWith(REFUSED);
        assertThat(bounded(head + "5;" + "a".repeat(300))).endsWith(REFUSED);
        assertThat(bounded(head + "0\r\n" + "a: 1\r\n".repeat(4000))).endsWith(REFUSED);
    }

    @Test
    void shouldReadTheSameHoweverRequestsAreCutAndNeverMoreThanNettyDoes() {
        Random random = new Random(53);
        RequestTexts texts = new RequestTexts(random);
        int agreed = 0;
        for (int i = 0; i < 6_000; i++) {
            String text = texts.requests();
            byte[] bytes = i % 3 == 0 ? text.getBytes(StandardCharsets.ISO_8859_1) : texts.broken(text);
            String whole = Requests.read(bytes, new Pieces(1), true);
            String shown = new String(bytes, StandardCharsets.ISO_8859_1);
            assertThat(Requests.read(bytes, new Pieces(i), false)).as(shown).isEqualTo(whole);
            agreed += AgainstNetty.check(bytes, whole);
            if (i % 3 == 0) {
                assertThat(whole).as(shown).doesNotContain("<MALFORMED", "<HEADERS");
            }
        }
        assertThat(agreed).isGreaterThan(3_000);
    }

    @Test
    void shouldReadTheSameAtEverySplit() {
        String text = "\r\nPOST /a HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n"
                + "5;a=b\r\nhello\r\n0\r\nx: y\r\n\r\nPOST /b HTTP/1.0\r\ncontent-length: 3\r\n\r\nabc"
                + "GET /c HTTP/1.1\r\nhost: t\r\n\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        String whole = Requests.read(text);
        assertThat(whole.split("\n", -1)).hasSize(4);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                assertThat(Requests.readParts(Arrays.copyOfRange(bytes, 0, first),
                        Arrays.copyOfRange(bytes, first, second), Arrays.copyOfRange(bytes, second, bytes.length)))
                        .isEqualTo(whole);
            }
        }
    }

    private static String inPieces(String text) {
        return Requests.read(text.getBytes(StandardCharsets.ISO_8859_1), new Pieces(text.length()), false);
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }
}
