package dev.penstock.cache.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.spi.GpuProfile;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a file holds, reading it ends with profiles that can be asked or with errors that have a reason.
 * {@code JAZZER_FUZZ=1} lets the fuzzer look for more than the seeds.
 */
class GpuProfileFuzzTest {

    private static final List<String> SEEDS = List.of(GpuProfileReaderTest.JSON,
            """
            - {model: m, gpu: g, indexes: [[1, 2], [1]], tputs: [[1], [2]], e2e: [[1], [0]]}
            - {model: &a n, gpu: *a, indexes: [[1], [1]]}
            """);
    private static final String ALPHABET = "[]{}:,-?!&*|'\"%#\n\t \\0x<~.a1e+9\u0000\ud800\ufeff";

    @FuzzTest
    void shouldEndWithProfilesOrWithReasons(FuzzedDataProvider data) {
        check(data.consumeRemainingAsString());
    }

    static Stream<Long> randomSeeds() {
        return Stream.of(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldEndWithProfilesOrWithReasonsForBrokenFiles(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                int at = random.nextInt(text.length());
                char letter = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                if (random.nextBoolean()) {
                    text.insert(at, letter);
                } else {
                    text.setCharAt(at, letter);
                }
            }
            check(text.toString());
        }
    }

    private static void check(String text) {
        switch (GpuProfileReader.parse(text, "f")) {
            case GpuProfileReader.Parsed(var profiles) -> profiles.forEach(GpuProfileFuzzTest::ask);
            case GpuProfileReader.Refused(var errors) -> assertThat(errors)
                    .isNotEmpty().allMatch(error -> !error.reason().isEmpty());
        }
    }

    private static void ask(GpuProfile profile) {
        assertThat(profile.model()).isNotEmpty();
        for (long tokens : new long[] {0, 1, 100, Long.MAX_VALUE}) {
            if (profile.tellsConsumption()) {
                assertThat(profile.consumption(tokens, tokens)).isNotNegative().isNotNaN();
            }
        }
    }
}
