package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import dev.penstock.core.port.Metrics;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Encodings of tiktoken, whole and in blocks. */
class TiktokenTest {
    private static final EncodingRegistry LIBRARY = Encodings.newLazyEncodingRegistry();
    private static final long SEED = Long.getLong("penstock.test.seed", 1);
    /** What splitting rules tell apart, and what they treat alike but for one encoding. */
    static final String[] PIECES = {
        " ", " ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\n ", " \n", "\t", "\u00a0", "\u0085", "\u3000",
        "\u2028", "\u001f", "\f", "a", "Hello", "WORLD", "camelCase", "mIxEd", "it's", "'s", "'S", "'", "we'LL",
        "1", "12", "123", "1234", "\u0663", "\u00bd", ".", ",", "...", "/", "//", "\n/", "/\n", "!", "?!", "\u3002",
        "\uff0c", "{\"a\": 1}", "()", "\u4f60\u597d", "\u4e16\u754c", "\u043f\u0440\u0438\u0432\u0435\u0442",
        "\u00e9", "e\u0301", "\u0301", "\ud83d\ude00", "\ud83d\udc68\u200d\ud83d\udc69", "\u0e2a\u0e27\u0e31",
        "<|endoftext|>", "http://a.b/c?d=e", "_", "-", "\u00df", "\u01c5", "x\u02b0", "def f():\n    return 1\n",
        "    "};

    private final TokenCache cache = new TokenCache(1 << 20, SEED, Metrics.NONE);

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "cl100k_base|Hello World! What a Good Day!|9906 4435 0 3639 264 7839 6187 0",
        "cl100k_base|tiktoken is great!|83 1609 5963 374 2294 0",
        "cl100k_base|hello world|15339 1917",
        "o200k_base|hello world|24912 2375",
        "p50k_base|hello world|31373 995",
        "r50k_base|hello world|31373 995"})
    void shouldMakeTheTokensThatAreKnown(String name, String text, String expected) {
        assertThat(tokenizer(name).tokens(text)).isEqualTo(
                Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray());
    }

    @Test
    void shouldTakeSpecialTokensOfClientsForText() {
        assertThat(tokenizer("cl100k_base").tokens("<|endoftext|>")).hasSizeGreaterThan(1)
                .doesNotContain(100257);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cl100k_base", "o200k_base", "p50k_base", "r50k_base"})
    void shouldMakeTheSameTokensWhereverItCuts(String name) {
        Encoding library = LIBRARY.getEncoding(EncodingType.fromName(name).orElseThrow());
        Random random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            String text = text(random, 1 + random.nextInt(40));
            int[] whole = library.encodeOrdinary(text).toArray();
            for (int cut = SafeCuts.next(text, 1); cut < text.length(); cut = SafeCuts.next(text, cut + 1)) {
                int[] first = library.encodeOrdinary(text.substring(0, cut)).toArray();
                int[] second = library.encodeOrdinary(text.substring(cut)).toArray();
                assertThat(concat(first, second)).as("%s, seed %d: %s cut at %d", name, SEED, escaped(text), cut)
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void shouldMakeTheSameTokensOfConversationsThatGrow() {
        Encoding library = LIBRARY.getEncoding(EncodingType.CL100K_BASE);
        Tokenizer tokenizer = tokenizer("cl100k_base");
        Random random = new Random(SEED);
        for (int i = 0; i < 5; i++) {
            StringBuilder conversation = new StringBuilder();
            for (int turn = 0; turn < 8; turn++) {
                conversation.append(text(random, random.nextInt(600)));
                String text = conversation.toString();
                assertThat(tokenizer.tokens(text)).as("seed %d, turn %d", SEED, turn)
                        .isEqualTo(library.encodeOrdinary(text).toArray());
            }
        }
        assertThat(cache.bytes()).isPositive().isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void shouldCutNowhereInOneWord() {
        String word = "a".repeat(3 * BlockTokenizer.BLOCK);
        assertThat(SafeCuts.next(word, 1)).isEqualTo(word.length());
        assertThat(tokenizer("cl100k_base").tokens(word))
                .isEqualTo(LIBRARY.getEncoding(EncodingType.CL100K_BASE).encodeOrdinary(word).toArray());
    }

    private Tokenizer tokenizer(String name) {
        return Tiktoken.of(LIBRARY.getEncoding(EncodingType.fromName(name).orElseThrow()), cache);
    }

    static String text(Random random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static int[] concat(int[] one, int[] other) {
        return IntStream.concat(Arrays.stream(one), Arrays.stream(other))
                .toArray();
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> out.append(c > ' ' && c < 127 ? "" + (char) c : String.format("\\u%04x", c)));
        return out.toString();
    }
}
