package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Answers of engines, in pieces. */
class TokenizeAnswerTest {
    private final TokenizeAnswer answer = new TokenizeAnswer(new ScanScratch());

    private boolean read(String text) {
        ByteBuf buffer = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
        return answer.read(buffer, 0, buffer.readableBytes());
    }

    @Test
    void shouldReadTokensThatComeInPieces() {
        String text = "{\"count\":3, \"token_strs\":[\"a\",\"b\"], \"more\":{\"tokens\":[9]}, "
                + "\"tokens\":[0, 12,345]}\n";
        for (int i = 0; i < text.length(); i++) {
            assertThat(read(text.substring(i, i + 1))).isTrue();
        }
        assertThat(answer.tokens()).containsExactly(0, 12, 345);
    }

    @Test
    void shouldReadAnEmptyList() {
        assertThat(read("{\"tokens\":[]}")).isTrue();
        assertThat(answer.tokens()).isEmpty();
    }

    @Test
    void shouldTakeNothingOfAnAnswerThatBreaksOff() {
        assertThat(read("{\"tokens\":[1,2]")).isTrue();
        assertThat(answer.tokens()).isNull();
    }

    @Test
    void shouldStopWhereThereAreTooMany() {
        String many = "1,".repeat(1 << 16);
        boolean reading = read("{\"tokens\":[");
        for (int i = 0; i <= TokenizeAnswer.MOST_TOKENS >> 16 && reading; i++) {
            reading = read(many);
        }
        assertThat(reading).isFalse();
        assertThat(answer.tooMany()).isTrue();
    }
}
