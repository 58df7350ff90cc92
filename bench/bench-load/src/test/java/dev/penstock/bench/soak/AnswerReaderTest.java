package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.bench.soak.Answer.Ending;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerReaderTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    @Test
    void shouldReadOneAnswerBehindTheOther() throws IOException {
        Tap tap = tap(OK + "Content-Length: 2\r\n\r\nabHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\ncde\r\n0\r\nTrailer: 1\r\n\r\n"
                + "HTTP/1.0 200 OK\r\n\r\nrest");

        Answer first = new AnswerReader(tap).read();
        Answer second = new AnswerReader(tap).read();
        Answer third = new AnswerReader(tap).read();

        assertThat(first.text()).isEqualTo("ab");
        assertThat(first.keepsConnection()).isTrue();
        assertThat(second.status()).isEqualTo(503);
        assertThat(second.text()).isEqualTo("cde");
        assertThat(third.text()).isEqualTo("rest");
        assertThat(third.keepsConnection()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HT", OK, OK + "Content-Length: 3\r\n\r\nab",
        OK + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", OK + "Transfer-Encoding: chunked\r\n\r\n0\r\n"})
    void shouldSeeThatTheEndIsMissing(String text) throws IOException {
        assertThat(new AnswerReader(tap(text)).read().ending()).isEqualTo(Ending.CLOSED_EARLY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 banana\r\n\r\n", "HTTP/2 200\r\n\r\n", OK + "no header\r\n\r\n",
        OK + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", OK + "Content-Length: -1\r\n\r\n",
        OK + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", OK + "Transfer-Encoding: gzip\r\n\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\nx\r\n", OK + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\n\n"})
    void shouldCallMalformedWhatIsNoHttp(String text) throws IOException {
        assertThat(new AnswerReader(tap(text)).read().ending()).isEqualTo(Ending.MALFORMED);
    }

    @Test
    void shouldStopWhenItHasReadEnough() {
        Tap tap = tap(OK + "Content-Length: 2\r\n\r\nab");
        tap.stopAfter(10);

        assertThatThrownBy(() -> new AnswerReader(tap).read()).isInstanceOf(Tap.SatisfiedException.class);
        assertThat(tap.seen()).isEqualTo("HTTP/1.1 2");
    }

    private static Tap tap(String text) {
        return new Tap(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
