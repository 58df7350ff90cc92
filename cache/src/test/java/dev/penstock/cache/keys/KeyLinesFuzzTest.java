package dev.penstock.cache.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.cache.discovery.FileError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a file holds, reading it ends with keys or with errors that have a reason. {@code JAZZER_FUZZ=1} lets the
 * fuzzer look for more than the seeds.
 */
class KeyLinesFuzzTest {
    private static final String HASH = KeyHash.of("pk-a-secret").text();
    private static final String SEED = "{\"id\":\"a\",\"hash\":\"" + HASH + "\",\"user\":\"u\",\"models\":[\"m\"],"
            + "\"rpm\":1,\"expires\":\"2027-01-01T00:00:00Z\"}\n# c\n{\"id\":\"b\",\"hash\":\"" + HASH + "\"}";
    private static final String ALPHABET = "[]{}:,\"\\ \n\t#azAZ09.-+eT\u00e9\u0000\ud800";

    static Stream<Long> randomSeeds() {
        long seed = Long.getLong("penstock.test.seed", 1);
        return Stream.of(seed, seed + 1, seed + 2);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldEndWithKeysOrWithReasons(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder(SEED);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                text.setCharAt(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            check(text.toString());
        }
    }

    @FuzzTest
    void shouldEndWithKeysOrWithReasonsForAnything(FuzzedDataProvider data) {
        check(data.consumeRemainingAsString());
    }

    private static void check(String text) {
        List<FileError> wrong = new ArrayList<>();
        Map<String, KeyEntry> entries = KeyLines.read(text, "keys", wrong::add);
        wrong.forEach(error -> assertThat(error.reason()).isNotBlank().doesNotContain("\n"));
        if (wrong.isEmpty()) {
            entries.forEach((id, entry) -> {
                assertThat(entry.key().id()).isEqualTo(id);
                assertThat(KeyLines.read(KeyLines.without(text, id), "keys", error -> {
                    throw new AssertionError(error);
                })).doesNotContainKey(id).hasSize(entries.size() - 1);
            });
        }
    }
}
