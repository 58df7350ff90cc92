package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.Metrics;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The library with native code, which is there in tests. */
class HuggingFaceTokenizersTest {
    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    @TempDir
    private Path folder;
    private final TokenCache cache = new TokenCache(1 << 20, SEED, Metrics.NONE);

    private Tokenizer open(Path file) {
        return HuggingFaceTokenizers.open("test", file, cache);
    }

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
        Tokenizer tokenizer = open(words());
        assertThat(tokenizer.tokens("Hello world!")).containsExactly(0, 2, 3, 4);
        assertThat(tokenizer.tokens("<s> nobody")).containsExactly(0, 0, 1);
    }

    @Test
    void shouldNotCutLongTexts() {
        assertThat(open(words()).tokens("world ".repeat(5_000))).hasSize(5_001);
    }

    @Test
    void shouldSayWhichFileIsNoTokenizer() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"version\":\"1.0\"}");
        assertThatThrownBy(() -> open(file)).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("cannot make a tokenizer of " + file + ": ");
    }

    static Stream<Arguments> filesOfWhichPartsAreKnown() {
        return Stream.of(
                Arguments.of("GPT-2", ByteLevelFile.gpt2(), null),
                Arguments.of("Llama 3", ByteLevelFile.split(ByteLevelFile.LLAMA_3), null),
                Arguments.of("Qwen 2", ByteLevelFile.split(ByteLevelFile.QWEN_2), Map.of("type", "NFC")),
                Arguments.of("gpt-oss", ByteLevelFile.split(ByteLevelFile.O200K), null));
    }

    /** Beside the same rule in a file that is not known, because an added token takes the space before it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("filesOfWhichPartsAreKnown")
    void shouldRememberTheBeginningOfConversations(String name, Map<String, Object> rule,
            @Nullable Map<String, Object> normalizer) throws IOException {
        Path file = ByteLevelFile.plain().with("pre_tokenizer", rule).with("normalizer", normalizer)
                .write(folder.resolve("tokenizer.json"));
        Path other = ByteLevelFile.plain().with("pre_tokenizer", rule).with("normalizer", normalizer)
                .with("added_tokens", List.of(ByteLevelFile.added(280, ByteLevelFile.BEGIN, false),
                        ByteLevelFile.added(281, "<|never|>", true)))
                .write(folder.resolve("other.json"));
        TokenCache unused = new TokenCache(1 << 20, SEED, Metrics.NONE);
        Tokenizer blocks = open(file);
        Tokenizer whole = HuggingFaceTokenizers.open("other", other, unused);
        Random random = new Random(SEED);
        for (int i = 0; i < 4; i++) {
            StringBuilder conversation = new StringBuilder();
            for (int turn = 0; turn < 6; turn++) {
                conversation.append(TiktokenTest.text(random, random.nextInt(600)))
                        .append(turn % 3 == 0 ? ByteLevelFile.BEGIN : "");
                String text = conversation.toString();
                assertThat(blocks.tokens(text)).as("%s, seed %d, turn %d", name, SEED, turn)
                        .isEqualTo(whole.tokens(text));
            }
        }
        assertThat(cache.bytes()).isPositive();
        assertThat(unused.bytes()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("filesOfWhichPartsAreKnown")
    void shouldMakeTheSameTokensWhereverItCuts(String name, Map<String, Object> rule,
            @Nullable Map<String, Object> normalizer) throws IOException {
        Tokenizer tokenizer = open(ByteLevelFile.plain().with("pre_tokenizer", rule).with("normalizer", normalizer)
                .with("post_processor", null).write(folder.resolve("tokenizer.json")));
        Random random = new Random(SEED);
        for (int i = 0; i < 200; i++) {
            String text = TiktokenTest.text(random, 1 + random.nextInt(40));
            int[] whole = tokenizer.tokens(text);
            for (int cut = SafeCuts.next(text, 1); cut < text.length(); cut = SafeCuts.next(text, cut + 1)) {
                assertThat(IntStream.concat(Arrays.stream(tokenizer.tokens(text.substring(0, cut))),
                        Arrays.stream(tokenizer.tokens(text.substring(cut)))).toArray())
                        .as("%s, seed %d: %s cut at %d", name, SEED, text, cut).isEqualTo(whole);
            }
        }
    }

    static Stream<Arguments> filesThatMayNotBeCut() {
        Map<String, Object> known = ByteLevelFile.split(ByteLevelFile.LLAMA_3);
        return Stream.of(
                Arguments.of("pre_tokenizer", ByteLevelFile.split("\\s+|\\S+"), "another rule"),
                Arguments.of("pre_tokenizer", Map.of("type", "Metaspace", "replacement", "_"), "another kind"),
                Arguments.of("pre_tokenizer", Map.of("type", "ByteLevel", "add_prefix_space", true), "a space before"),
                Arguments.of("pre_tokenizer", null, "none: words are merged"),
                Arguments.of("normalizer", Map.of("type", "Lowercase"), "other letters"),
                Arguments.of("post_processor", Map.of("type", "BertProcessing"), "other tokens around"),
                Arguments.of("added_tokens", List.of(ByteLevelFile.added(280, "two words", false)), "through a token"),
                Arguments.of("model", Map.of("type", "Unigram"), "another model"),
                Arguments.of("model", Map.of("type", "BPE", "dropout", "0.1"), "merged at random"),
                Arguments.of("pre_tokenizer", Map.of("type", "Sequence", "pretokenizers", List.of(known)), "nested"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("filesThatMayNotBeCut")
    void shouldNotCutWhereItIsNotKnownToBeSafe(String part, @Nullable Object value, String why) throws IOException {
        ByteLevelFile file = ByteLevelFile.plain().with("pre_tokenizer", ByteLevelFile.split(ByteLevelFile.LLAMA_3));
        Path path = folder.resolve("tokenizer.json");
        assertThat(HuggingFaceFile.read(file.write(path)).safeToCut()).isTrue();
        assertThat(HuggingFaceFile.read(file.with(part, value).write(path)).safeToCut()).as(why).isFalse();
    }
}
