package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of tokenizers, and what of it cannot hold. */
class TokenizerSettingsTest {
    @TempDir
    private Path folder;

    private static Settings settings(String... namesAndTexts) {
        Map<String, Source> sources = new HashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            sources.put("tokenizers." + namesAndTexts[i], new Source(namesAndTexts[i + 1], "p.yaml:" + (i + 1)));
        }
        return Settings.conclude(TokenizerSettings.ALL, Map.of(), sources, Map.of(), Map.of());
    }

    @Test
    void shouldHoldByDefault() {
        TokenizerSettings read = TokenizerSettings.from(settings(), folder);
        assertThat(read).isEqualTo(new TokenizerSettings("auto", Map.of(), Map.of(),
                new TokenizerSettings.Local(1, 256, 10_000_000, 32 << 20),
                new TokenizerSettings.Remote(50_000_000, "/tokenize", null, 80)));
        assertThat(TokenizerSettings.problems(settings(), folder)).isEmpty();
    }

    @Test
    void shouldReadModelsFilesAndAHost() throws IOException {
        Files.writeString(folder.resolve("llama.json"), "{}");
        Settings given = settings("models", " org/llama:8b=llama-3 , x=a=remote", "files", "llama-3=llama.json",
                "remote.url", "http://[::1]:9000/", "default", "llama-3");
        TokenizerSettings read = TokenizerSettings.from(given, folder);
        assertThat(read.models()).containsOnly(Map.entry("org/llama:8b", "llama-3"), Map.entry("x=a", "remote"));
        assertThat(read.files()).containsOnly(Map.entry("llama-3", folder.resolve("llama.json")));
        assertThat(read.remote().host()).isEqualTo("::1");
        assertThat(read.remote().port()).isEqualTo(9000);
        assertThat(TokenizerSettings.problems(given, folder)).isEmpty();
    }

    @Test
    void shouldNameEverythingThatCannotHold() {
        assertThat(TokenizerSettings.problems(settings("default", "cl100k", "models", "a=remot,b=none", "files",
                "auto=x.json,missing=x.json"), folder)).containsExactly(
                        "p.yaml:1: tokenizers.default: cl100k (expected: one of auto, characters, cl100k_base, missing,"
                                + " none, o200k_base, p50k_base, r50k_base, remote)",
                        "p.yaml:3: tokenizers.models: a=remot (expected: one of auto, characters, cl100k_base, missing,"
                                + " none, o200k_base, p50k_base, r50k_base, remote) (did you mean remote?)",
                        "p.yaml:5: tokenizers.files: auto (expected: a name of letters, digits, dots, dashes that is"
                                + " not one of auto, characters, cl100k_base, none, o200k_base, p50k_base, r50k_base,"
                                + " remote)",
                        "p.yaml:5: tokenizers.files: missing: cannot read " + folder.resolve("x.json"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "models|a|expected: name=value, with commas between them",
        "models|a=|expected: name=value, with commas between them",
        "files|a=x,a=y|expected: a once",
        "remote.path|tokenize|expected: a path that begins with /",
        "remote.url|https://host:1|expected: http://host:port, without a path",
        "remote.url|http://host/path|expected: http://host:port, without a path",
        "remote.url|http://|expected: http://host:port, without a path",
        "threads|0|expected: a whole number from 1 to 64"})
    void shouldSayWhatIsExpected(String name, String text, String expected) {
        assertThatThrownBy(() -> settings(name, text)).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("p.yaml:1: tokenizers." + name).hasMessageContaining(expected);
    }
}
