package dev.penstock.bench.proxy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.bench.proxy.load.ResponseReader.MalformedResponseException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ResponseReaderTest {
    private static final String SIZED = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private static final String CHUNKED = """
            HTTP/1.1 503 No\r
            Transfer-Encoding: chunked\r
            Connection: close\r
            \r
            5;x=y\r
            hello\r
            10\r
            0123456789abcdef\r
            0\r
            Trailer: 1\r
            \r
            """;

    @Test
    void shouldFindTheEndOfAnswersInOneBuffer() throws MalformedResponseException {
        ResponseReader reader = new ResponseReader();
        ByteBuffer bytes = bytes(SIZED + CHUNKED + "HTTP/1.1 204 None\r\n\r\n");

        assertThat(reader.read(bytes)).isTrue();
        assertThat(reader.status()).isEqualTo(200);
        assertThat(reader.closing()).isFalse();
        assertThat(reader.read(bytes)).isTrue();
        assertThat(reader.status()).isEqualTo(503);
        assertThat(reader.closing()).isTrue();
        assertThat(reader.read(bytes)).isTrue();
        assertThat(reader.status()).isEqualTo(204);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @Test
    void shouldFindTheEndWhereverBytesAreSplit() throws MalformedResponseException {
        for (String answer : new String[] {SIZED, CHUNKED}) {
            ResponseReader reader = new ResponseReader();
            for (int i = 0; i < answer.length() - 1; i++) {
                assertThat(reader.read(bytes(answer.substring(i, i + 1)))).isFalse();
            }
            assertThat(reader.read(bytes(answer.substring(answer.length() - 1)))).isTrue();
        }
    }

    @Test
    void shouldRefuseWhatIsNoAnswer() {
        for (String wrong : new String[] {
            "GET / HTTP/1.1\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 200 OK\r\nno header\r\n", "x".repeat(10_000)
        }) {
            assertThatThrownBy(() -> new ResponseReader().read(bytes(wrong)))
                    .isInstanceOf(MalformedResponseException.class);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
