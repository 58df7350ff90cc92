package dev.penstock.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.body.Pieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadParserTest {
    private static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(false, true);

    private final Responses responses = new Responses();

    @Test
    void shouldReadWhatTheHeadSays() {
        ResponseHead head = head(lines(
                "HTTP/1.1 100 Continue",
                "",
                "HTTP/1.1 200 OK",
                "server: uvicorn",
                "Content-Type: text/event-stream; charset=utf-8",
                "Keep-Alive: max=3, timeout=7",
                "Transfer-Encoding: Chunked",
                "retry-after: 1",
                "",
                "0",
                ""));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.minorVersion()).isEqualTo(1);
        assertThat(head.framing()).isEqualTo(Framing.CHUNKED);
        assertThat(head.keepAlive()).isTrue();
        assertThat(head.keepAliveTimeoutSeconds()).isEqualTo(7);
        assertThat(head.eventStream()).isTrue();
        assertThat(head.json()).isFalse();
        assertThat(head.retryAfter()).isTrue();
        assertThat(head.header(AsciiString.of("Server"))).isEqualTo("uvicorn");
        assertThat(head.header(AsciiString.of("x"))).isNull();
    }

    @Test
    void shouldDecideOverFramingAndKeepAlive() {
        assertThat(framing("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\n"))
                .isEqualTo("LENGTH 5 true");
        assertThat(framing("HTTP/1.1 200\r\n\r\n")).isEqualTo("UNTIL_CLOSE -1 false");
        assertThat(framing("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n")).isEqualTo("NONE 5 true");
        assertThat(framing("HTTP/1.1 304 No\r\n\r\n")).isEqualTo("NONE -1 true");
        assertThat(framing("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")).isEqualTo("LENGTH 0 false");
        assertThat(framing("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n"))
                .isEqualTo("LENGTH 0 true");
        assertThat(framing("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isEqualTo("CHUNKED -1 false");
        assertThat(framing("HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 1\r\n\r\n"))
                .isEqualTo("LENGTH 1 false");
        ResponseHeadParser parser = new ResponseHeadParser();
        parser.reset(true, false);
        new Pieces(1).feed(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), parser::parse);
        assertThat(parser.head().framing()).isEqualTo(Framing.NONE);
        assertThat(parser.head().contentLength()).isEqualTo(5);
    }

    private static String answerToAHandshake(String head) {
        ResponseHeadParser parser = new ResponseHeadParser();
        parser.reset(false, true);
        new Pieces(1).feed(bytes(head), parser::parse);
        if (parser.parse(Unpooled.EMPTY_BUFFER) != ResponseHeadParser.Progress.DONE) {
            return "none";
        }
        return parser.head().status() + " " + parser.head().switchesProtocols() + " " + parser.head().framing() + " "
                + parser.head().keepAlive();
    }

    @Test
    void shouldTakeA101OnlyForAWebSocketThatWasAskedFor() {
        String switching = "HTTP/1.1 101 S\r\nConnection: Upgrade\r\n";
        assertThat(answerToAHandshake(switching + "Upgrade: WebSocket\r\n\r\n"))
                .isEqualTo("101 true UNTIL_CLOSE false");
        assertThat(answerToAHandshake("HTTP/1.1 103 E\r\n\r\n" + switching + "upgrade: websocket\r\n\r\n"))
                .isEqualTo("101 true UNTIL_CLOSE false");
        assertThat(answerToAHandshake(switching + "\r\n")).isEqualTo("none");
        assertThat(answerToAHandshake(switching + "Upgrade: h2c\r\n\r\n")).isEqualTo("none");
        assertThat(answerToAHandshake(switching + "Upgrade: websocket\r\nContent-Length: 4\r\n\r\n"))
                .isEqualTo("none");
        assertThat(answerToAHandshake(switching + "Upgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isEqualTo("none");
        assertThat(answerToAHandshake("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"))
                .isEqualTo("200 false LENGTH true");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 200 OK\n\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", "HTTP/1.1 200 OK\r\n: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nA\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: 1\r\n b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: 1\n\r\n", "HTTP/1.1 200 OK\r\nA: 1\r2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \u0000\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n"})
    void shouldRefuseWhatCouldBeReadInTwoWays(String text) {
        assertThat(responses.read(bytes(text), new Pieces(5), false)).isEqualTo("malformed");
    }

    @Test
    void shouldBoundTheHead() {
        String headers = "X-A: " + "y".repeat(1000) + "\r\n";
        assertThat(responses.read(bytes("HTTP/1.1 200 OK\r\n" + headers.repeat(60) + "\r\n"), new Pieces(1), false))
                .startsWith("complete");
        assertThat(responses.read(bytes("HTTP/1.1 200 OK\r\n" + headers.repeat(70) + "\r\n"), new Pieces(1), false))
                .isEqualTo("malformed");
        assertThat(responses.read(bytes("HTTP/1.1 200 OK\r\n" + "a: 1\r\n".repeat(300)), new Pieces(1), false))
                .isEqualTo("malformed");
        assertThat(responses.read(bytes("HTTP/1.1 100 C\r\n\r\n".repeat(17)), new Pieces(1), true))
                .isEqualTo("malformed");
    }

    @Test
    void shouldWriteAnewWhatGoesEndToEnd() {
        ResponseHead head = head(lines(
                "HTTP/1.0 200 Fine",
                "Server: s",
                "Connection: X-Hop, close",
                "x-hop: 1",
                "Keep-Alive: 1",
                "TE: x",
                "Trailer: x",
                "Upgrade: x",
                "Proxy-Authenticate: x",
                "Content-Length: 5",
                "X-B:  b ",
                "Request-ID: theirs",
                "Content-Type: a/b",
                ""));
        HeadBuilder out = new HeadBuilder();
        AsciiString id = AsciiString.of("request-id");
        ResponseHeadWriter.writeRelayed(out, head, id);
        ResponseHeadWriter.writeHeader(out, id, "ours\r\nx: y");
        ResponseHeadWriter.writeEnd(out, Framing.LENGTH, 5, false, true);
        assertThat(text(out)).isEqualTo(lines(
                "HTTP/1.1 200 Fine",
                "Server: s",
                "X-B:  b ",
                "Content-Type: a/b",
                "request-id: ours  x: y",
                "content-length: 5",
                "connection: keep-alive",
                ""));
        out.begin();
        ResponseHeadWriter.writeStatus(out, 503, "Service Unavailable");
        ResponseHeadWriter.writeEnd(out, Framing.CHUNKED, -1, true, false);
        assertThat(text(out)).isEqualTo(
                "HTTP/1.1 503 Service Unavailable\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n");
        out.begin();
        ResponseHeadWriter.writeEnd(out, Framing.LENGTH, 1_234_567_890_123L, false, false);
        assertThat(text(out)).isEqualTo("content-length: 1234567890123\r\n\r\n");
    }

    private static String text(HeadBuilder head) {
        ByteBuf out = head.toBuffer(ByteBufAllocator.DEFAULT, 0);
        String text = out.toString(StandardCharsets.ISO_8859_1);
        out.release();
        return text;
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\n", "\r\n", "5\nhello", "5 5\nhello", "5\r\nhelloX", "5\r\nhello\n", "-1\r\n",
        "0x5\r\n", "1ffffffffffffffff\r\n", "0\r\n bad\r\n\r\n", "0\r\n\n", "0\r\nA: 1\n\r\n", ";a\r\n",
        "5;\u0001\r\n"})
    void shouldRefuseBrokenChunks(String body) {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(responses.read(bytes(head + body), new Pieces(3), false)).isEqualTo("malformed");
    }

    @Test
    void shouldBoundWhatIsBetweenChunks() {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(responses.read(bytes(head + "0".repeat(5000)), new Pieces(3), true)).isEqualTo("malformed");
        assertThat(responses.read(bytes(head + "5;" + "a".repeat(5000)), new Pieces(3), true)).isEqualTo("malformed");
        assertThat(responses.read(bytes(head + "0\r\n" + "a: 1\r\n".repeat(4000)), new Pieces(3), true))
                .isEqualTo("malformed");
    }

    @Test
    void shouldReadTheSameHoweverTheResponseIsCutAndAsNettyDoes() {
        Random random = new Random(31);
        HeadTexts texts = new HeadTexts(random);
        int agreed = 0;
        for (int i = 0; i < 4_000; i++) {
            String text = texts.response();
            byte[] response = i % 2 == 0 ? bytes(text) : texts.broken(text);
            String whole = responses.read(response, new Pieces(1), true);
            assertThat(responses.read(response, new Pieces(i), false)).as(text).isEqualTo(whole);
            String netty = netty(response);
            // Ours may be stricter, never more lenient; and what both take, both read the same way.
            if (whole.startsWith("complete")) {
                assertThat(netty).as(new String(response, StandardCharsets.ISO_8859_1)).isEqualTo(whole);
                agreed++;
            } else if (i % 2 == 0) {
                assertThat(whole).as(text).isEqualTo(netty);
            }
        }
        assertThat(agreed).isGreaterThan(2_000);
    }

    private static String netty(byte[] response) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpResponseDecoder());
        channel.writeInbound(UNTRACKED.buffer().writeBytes(response));
        channel.finish();
        int status = 0;
        int length = 0;
        String outcome = "more";
        while (channel.inboundMessages() != null && !channel.inboundMessages().isEmpty()) {
            Object message = channel.readInbound();
            if (message instanceof HttpObject object && object.decoderResult().isFailure()) {
                outcome = outcome.startsWith("complete") ? outcome : "malformed";
            } else if (status < 200 && message instanceof HttpResponse head) {
                status = head.status().code();
                outcome = "cut";
            } else if (status >= 200 && outcome.equals("cut") && message instanceof HttpContent content) {
                length += content.content().readableBytes();
                if (message instanceof LastHttpContent) {
                    outcome = "complete " + status + " " + length;
                }
            }
            ReferenceCountUtil.release(message);
        }
        return outcome.equals("cut") ? "cut " + status + " " + length : outcome;
    }

    private String framing(String text) {
        ResponseHead head = head(text);
        return head.framing() + " " + head.contentLength() + " " + head.keepAlive();
    }

    private ResponseHead head(String text) {
        responses.read(bytes(text), new Pieces(2), false);
        return responses.head();
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
