package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library with native code, which is there in tests. */
class HuggingFaceTokenizersTest {
    @TempDir
    private Path folder;

    private static Path words() {
        try {
            return Path.of(Objects.requireNonNull(HuggingFaceTokenizersTest.class.getResource("/tokens/words.json"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldMakeTokensByAFile() {
        assertThat(HuggingFaceTokenizers.present()).isTrue();
        Tokenizer tokenizer = HuggingFaceTokenizers.open(words());
        assertThat(tokenizer.tokens("Hello world!")).containsExactly(0, 2, 3, 4);
        assertThat(tokenizer.tokens("<s> nobody")).containsExactly(0, 0, 1);
    }

    @Test
    void shouldNotCutLongTexts() {
        assertThat(HuggingFaceTokenizers.open(words()).tokens("world ".repeat(5_000))).hasSize(5_001);
    }

    @Test
    void shouldSayWhichFileIsNoTokenizer() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"version\":\"1.0\"}");
        assertThatThrownBy(() -> HuggingFaceTokenizers.open(file)).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("cannot make a tokenizer of " + file + ": ");
    }
}
