package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four bytes a token. */
class CharacterTokenizerTest {
    private final Tokenizer tokenizer = new CharacterTokenizer();

    @Test
    void shouldPackFourBytesInATokenAndFillUpTheLast() {
        assertThat(tokenizer.tokens("")).isEmpty();
        assertThat(tokenizer.tokens("abcde")).containsExactly(0x61626364, 0x65000000);
        assertThat(tokenizer.tokens("\u00e9")).containsExactly(0xc3a90000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcd", "12345678", "\u4f60\u597d\u4e16\u754c", "\ud83d\ude00\ud83d\ude00"})
    void shouldBeTheTextAgainWhereItIsWrittenDownAsAibrixWritesTokens(String text) {
        int[] tokens = tokenizer.tokens(text);
        ByteBuffer bytes = ByteBuffer.allocate(tokens.length * Integer.BYTES);
        bytes.asIntBuffer().put(tokens);
        assertThat(new String(bytes.array(), StandardCharsets.UTF_8)).isEqualTo(text);
    }
}
