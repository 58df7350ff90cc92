package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that two servers could read as different requests. Each is answered with 400 at the most, the connection is
 * closed, and no pod hears of what came in them or behind them.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
    private static final String PATH = "/v1/chat/completions";
    private static final String LINE = "POST " + PATH + " HTTP/1.1\r\n";
    private static final String HOST = "host: t\r\n";
    private static final String CHUNKED = LINE + HOST + "transfer-encoding: chunked\r\n\r\n";
    /** What an attacker wants another server to take for a request. */
    private static final String SMUGGLED = Http.chat("x-smuggled: 1");

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);

    @AfterAll
    void close() {
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private static Arguments row(String name, String bytes) {
        return Arguments.of(name, bytes);
    }

    private static Arguments framing(String name, String headers) {
        return row(name, LINE + HOST + headers + "\r\n0\r\n\r\n");
    }

    static Stream<Arguments> framings() {
        return Stream.of(
                framing("CL.TE", "content-length: 5\r\ntransfer-encoding: chunked\r\n"),
                framing("TE.CL", "transfer-encoding: chunked\r\ncontent-length: 5\r\n"),
                framing("CL 0 and TE", "content-length: 0\r\ntransfer-encoding: chunked\r\n"),
                framing("doubled CL", "content-length: 5\r\ncontent-length: 6\r\n"),
                framing("doubled CL of equal values", "content-length: 5\r\ncontent-length: 5\r\n"),
                framing("CL with a comma", "content-length: 5,6\r\n"),
                framing("CL with a comma, equal values", "content-length: 5, 5\r\n"),
                framing("CL with a plus", "content-length: +5\r\n"),
                framing("CL with a minus", "content-length: -5\r\n"),
                framing("CL with a blank inside", "content-length: 5 5\r\n"),
                framing("CL behind a tab", "content-length:\t5\r\n"),
                framing("CL in hexadecimal", "content-length: 0x5\r\n"),
                framing("CL with a fraction", "content-length: 5.0\r\n"),
                framing("CL with an exponent", "content-length: 5e0\r\n"),
                framing("CL of 2^63", "content-length: 9223372036854775808\r\n"),
                framing("CL of 2^64 + 5", "content-length: 18446744073709551621\r\n"),
                framing("CL with too many zeros", "content-length: 00000000000000000005\r\n"),
                framing("CL that is empty", "content-length:\r\n"),
                framing("CL with a blank before the colon", "content-length : 5\r\n"),
                framing("TE chunked, chunked", "transfer-encoding: chunked, chunked\r\n"),
                framing("TE xchunked", "transfer-encoding: xchunked\r\n"),
                framing("TE chunkedx", "transfer-encoding: chunkedx\r\n"),
                framing("TE with a parameter", "transfer-encoding: chunked;q=1\r\n"),
                framing("TE in quotes", "transfer-encoding: \"chunked\"\r\n"),
                framing("TE identity", "transfer-encoding: identity\r\n"),
                framing("TE gzip, chunked", "transfer-encoding: gzip, chunked\r\n"),
                framing("TE chunked, identity", "transfer-encoding: chunked, identity\r\n"),
                framing("TE that is empty", "transfer-encoding:\r\n"),
                framing("TE behind a tab", "transfer-encoding:\tchunked\r\n"),
                framing("TE before a tab", "transfer-encoding: chunked\t\r\n"),
                framing("TE behind a vertical tab", "transfer-encoding: \u000bchunked\r\n"),
                framing("TE with a blank before the colon", "transfer-encoding : chunked\r\n"),
                framing("TE with a tab before the colon", "transfer-encoding\t: chunked\r\n"),
                framing("TE folded", "transfer-encoding:\r\n chunked\r\n"),
                framing("TE folded inside", "transfer-encoding: chun\r\n\tked\r\n"),
                framing("TE behind a folded header", "x: y\r\n transfer-encoding: chunked\r\n"),
                framing("TE doubled", "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n"),
                framing("TE doubled, one identity",
                        "transfer-encoding: identity\r\nTransfer-Encoding: chunked\r\n"),
                framing("TE behind a bare LF", "x: y\ntransfer-encoding: chunked\r\n"),
                framing("TE behind a bare CR", "x: y\rtransfer-encoding: chunked\r\n"),
                row("TE of HTTP/1.0", "POST " + PATH + " HTTP/1.0\r\n" + HOST
                        + "connection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"));
    }

    static Stream<Arguments> heads() {
        return Stream.of(
                row("bare LF behind the request line", "POST " + PATH + " HTTP/1.1\n" + HOST + "\r\n"),
                row("bare LF behind a header", LINE + "host: t\n\r\n"),
                row("bare LF as the empty line", LINE + "host: t\r\n\n"),
                row("bare LF before the request", "\n" + LINE + HOST + "\r\n"),
                row("two empty lines before the request", "\r\n\r\n" + LINE + HOST + "\r\n"),
                row("bare CR in the request line", "POST " + PATH + "\rx HTTP/1.1\r\n" + HOST + "\r\n"),
                row("bare CR as the end of a line", "POST " + PATH + " HTTP/1.1\r\r\n" + HOST + "\r\n"),
                row("folded header", LINE + HOST + "x: a\r\n b\r\n\r\n"),
                row("folded first header", LINE + " " + HOST + "\r\n"),
                row("blank before a colon", LINE + HOST + "x : a\r\n\r\n"),
                row("header without a name", LINE + HOST + ": a\r\n\r\n"),
                row("header without a colon", LINE + HOST + "xyz\r\n\r\n"),
                row("NUL in a name", LINE + HOST + "x\u0000y: a\r\n\r\n"),
                row("NUL in a value", LINE + HOST + "x: a\u0000b\r\n\r\n"),
                row("control character in a value", LINE + HOST + "x: a\u0001b\r\n\r\n"),
                row("DEL in a value", LINE + HOST + "x: a\u007fb\r\n\r\n"),
                row("HTTP/0.9", "GET " + PATH + "\r\n"),
                row("HTTP/1.2", "POST " + PATH + " HTTP/1.2\r\n" + HOST + "\r\n"),
                row("HTTP/2.0 in the line", "POST " + PATH + " HTTP/2.0\r\n" + HOST + "\r\n"),
                row("HTTP/1.10", "POST " + PATH + " HTTP/1.10\r\n" + HOST + "\r\n"),
                row("lower case version", "POST " + PATH + " http/1.1\r\n" + HOST + "\r\n"),
                row("two blanks in the line", "POST  " + PATH + " HTTP/1.1\r\n" + HOST + "\r\n"),
                row("tab in the line", "POST\t" + PATH + " HTTP/1.1\r\n" + HOST + "\r\n"),
                row("blank in the target", "POST " + PATH + " x HTTP/1.1\r\n" + HOST + "\r\n"),
                row("no method", " " + PATH + " HTTP/1.1\r\n" + HOST + "\r\n"),
                row("no host", LINE + "\r\n"),
                row("two hosts", LINE + HOST + "Host: u\r\n\r\n"),
                row("two equal hosts", LINE + HOST + HOST + "\r\n"),
                row("two hosts in one", LINE + "host: t, u\r\n\r\n"),
                row("empty host", LINE + "host:\r\n\r\n"),
                row("host with a user", LINE + "host: u@t\r\n\r\n"),
                row("host with a path", LINE + "host: t/x\r\n\r\n"),
                row("target of another host", "POST http://other" + PATH + " HTTP/1.1\r\n" + HOST + "\r\n"),
                row("two types of content", LINE + HOST + "content-type: a/b\r\ncontent-type: c/d\r\n\r\n"),
                row("two keys", LINE + HOST + "authorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n"),
                row("two expectations", LINE + HOST + "expect: 100-continue\r\nexpect: 100-continue\r\n\r\n"),
                row("two encodings, the first one plain",
                        LINE + HOST + "content-encoding: identity\r\ncontent-encoding: gzip\r\n\r\n"));
    }

    static Stream<Arguments> bodies() {
        String five = "5\r\nhello\r\n";
        return Stream.of(
                row("size with a sign", CHUNKED + "+5\r\nhello\r\n"),
                row("size with 0x", CHUNKED + "0x5\r\nhello\r\n"),
                row("size that overflows 64 bits", CHUNKED + "10000000000000005\r\nhello\r\n"),
                row("size that overflows 32 bits", CHUNKED + "100000005\r\nhello\r\n"),
                row("size with too many zeros", CHUNKED + "0".repeat(17) + "5\r\nhello\r\n"),
                row("size behind a blank", CHUNKED + " 5\r\nhello\r\n"),
                row("size before a blank", CHUNKED + "5 \r\nhello\r\n"),
                row("size before a tab", CHUNKED + "5\t\r\nhello\r\n"),
                row("no size", CHUNKED + "\r\nhello\r\n"),
                row("size before a bare LF", CHUNKED + "5\nhello\r\n"),
                row("size before a bare CR", CHUNKED + "5\rhello\r\n"),
                row("no CR LF behind a chunk", CHUNKED + "5\r\nhello0\r\n\r\n"),
                row("bare LF behind a chunk", CHUNKED + "5\r\nhello\n0\r\n\r\n"),
                row("chunk longer than its size", CHUNKED + "5\r\nhello!\r\n0\r\n\r\n"),
                row("extension with a bare LF", CHUNKED + "5;a\nhello\r\n"),
                row("extension with a bare CR", CHUNKED + "5;a\rb\r\nhello\r\n"),
                row("extension in quotes", CHUNKED + "5;a=\"\r\n\"\r\nhello\r\n"),
                row("extension without end", CHUNKED + "5;" + "a".repeat(300)),
                row("extensions that outweigh the body",
                        CHUNKED + ("1;" + "a".repeat(240) + "\r\nx\r\n").repeat(100)),
                row("trailer that is folded", CHUNKED + five + "0\r\nx: a\r\n b\r\n\r\n"),
                row("trailer without a colon", CHUNKED + five + "0\r\nxyz\r\n\r\n"),
                row("trailer before a bare LF", CHUNKED + five + "0\r\nx: a\n\r\n"),
                row("trailers without end", CHUNKED + five + "0\r\n" + "x: a\r\n".repeat(4_000)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("framings")
    void shouldRefuseAFramingThatCanBeReadInTwoWays(String name, String bytes) {
        refused(bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("heads")
    void shouldRefuseAHeadThatCanBeReadInTwoWays(String name, String bytes) {
        refused(bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void shouldRefuseChunksThatCanBeReadInTwoWays(String name, String bytes) {
        refused(bytes);
    }

    private void refused(String bytes) {
        try (RawConnection client = proxy.connect()) {
            client.send(RawConnection.latin1(bytes + SMUGGLED));
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.body()).contains("\"type\":\"invalid_request_error\"");
            // One answer, and no more: what came behind was not read as a request.
            assertThat(client.readToEnd()).isIn("", "<reset>");
        }
        proxy.awaitIdle();
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldRefuseWhatComesBehindARequestAndAnswerThatOneFirst() {
        try (RawConnection client = proxy.connect()) {
            client.send(Http.get("/v1/models") + "garbage\r\n\r\n" + SMUGGLED);
            assertThat(client.readMessage().status()).isEqualTo(200);
            assertThat(client.readMessage().status()).isEqualTo(400);
            assertThat(client.readToEnd()).isIn("", "<reset>");
        }
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldTakeARequestInAbsoluteFormOfTheSameHostAndAnswerAsterisks() {
        try (RawConnection client = proxy.connect()) {
            client.send("GET http://T/v1/models?x=1 HTTP/1.1\r\nhost: t\r\n\r\n");
            assertThat(client.readMessage().status()).isEqualTo(200);
            client.send("OPTIONS * HTTP/1.1\r\nhost: t\r\n\r\n");
            assertThat(client.readMessage().status()).isEqualTo(501);
            client.send("CONNECT t:443 HTTP/1.1\r\nhost: t\r\n\r\n");
            assertThat(client.readMessage().status()).isEqualTo(400);
        }
        assertThat(engine.untouched()).isTrue();
    }
}
