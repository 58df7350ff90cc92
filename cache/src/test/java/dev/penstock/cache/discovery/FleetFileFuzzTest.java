package dev.penstock.cache.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a file holds, reading it ends with a fleet or with errors that have a reason. {@code JAZZER_FUZZ=1} lets
 * the fuzzer look for more than the seeds.
 */
class FleetFileFuzzTest {

    private static final List<String> SEEDS = List.of(
            """
            models:
              - name: llama
                engine: vllm
                endpoints: [10.0.0.1:8000, "[::1]:8000", {address: h, name: n, group: g, labels: {a: b}}]
                aliases: [gpt-4]
                strategy: random
            """,
            "models: [{name: d, rolesets: [{name: r, prefill: ['a:1'], decode: ['b:2']}]}]",
            "models: &a\n- &b {name: !!str x, endpoints: &c [h], labels: {<<: {k: v}}}\n- {name: y, endpoints: *c}\n",
            "%YAML 1.2\n---\n? models\n: - name: \"\\u00e9\\x41\\t\"\n    endpoints: !!set {h}\n...\n");
    private static final String ALPHABET = "[]{}:,-?!&*|>'\"%@`#\n\t \\0x<~.a1é\u0000\ud800\ufeff";

    @FuzzTest
    void shouldEndWithAFleetOrWithReasons(FuzzedDataProvider data) {
        check(data.consumeRemainingAsString());
    }

    static Stream<Long> randomSeeds() {
        return Stream.of(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldEndWithAFleetOrWithReasonsForBrokenFiles(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                edit(text, random);
            }
            check(text.toString());
        }
    }

    private static void edit(StringBuilder text, Random random) {
        int at = random.nextInt(text.length() + 1);
        char letter = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        switch (random.nextInt(3)) {
            case 0 -> text.insert(at, letter);
            case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(6)));
            default -> {
                if (at < text.length()) {
                    text.setCharAt(at, letter);
                }
            }
        }
    }

    private static void check(String text) {
        for (FleetFile.Scope scope : FleetFile.Scope.values()) {
            switch (FleetFile.parse(text, "f", scope, Set.of())) {
                case FleetFile.Parsed(var fleet) -> assertThat(fleet.pods())
                        .isNotEmpty().allMatch(pod -> !pod.models().isEmpty() && pod.ports().size() == 1);
                case FleetFile.Refused(var errors) -> assertThat(errors)
                        .isNotEmpty().allMatch(error -> !error.reason().isEmpty());
            }
        }
    }
}
