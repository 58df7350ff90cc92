package dev.penstock.cache.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.ModelClaim;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever labels and annotations a pod carries, it is taken with ports that can be connected to, ignored, or refused
 * with reasons. {@code JAZZER_FUZZ=1} lets the fuzzer look for more than the seeds.
 */
class PodReaderFuzzTest {

    private static final List<String> CLAIMS = List.of(
            "{\"model\":\"qwen\",\"port\":20000,\"state\":\"active\"}",
            "{\"model\":\"a/b\",\"port\":0,\"state\":\"sleeping\",\"wakeByRequest\":true,\"reason\":{\"x\":[1,null]}}",
            "{\"port\":65535,\"model\":\"\\u00e9\\ud83d\\ude00\"}");
    private static final String ALPHABET = "{}[]\":,\\0196.eE-+/ amodelstp\n\t\u0000\ud800\ufeff\u2028é";

    private final PodReader reader = new PodReader(new GroupRule("fleet", "group"));

    @FuzzTest
    void shouldEndWithAPodOrWithReasons(FuzzedDataProvider data) {
        check(data.consumeString(80), data.consumeString(10), data.consumeString(10), data.consumeString(80),
                data.consumeString(40), data.consumeRemainingAsString());
    }

    static Stream<Long> randomSeeds() {
        return Stream.of(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldEndWithAPodOrWithReasonsForBrokenOnes(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 1000; round++) {
            check(broken("llama", random), broken("8000", random), broken("8", random), broken("vllm", random),
                    broken("10.0.0.1", random), broken(CLAIMS.get(random.nextInt(CLAIMS.size())), random));
        }
    }

    private static String broken(String text, Random random) {
        StringBuilder edited = new StringBuilder(text);
        for (int edits = random.nextInt(4); edits > 0; edits--) {
            int at = random.nextInt(edited.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> edited.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                case 1 -> edited.delete(at, Math.min(edited.length(), at + 1 + random.nextInt(6)));
                default -> edited.insert(at, edited.substring(random.nextInt(at + 1), at));
            }
        }
        return edited.toString();
    }

    private void check(String model, String port, String ranks, String engine, String address, String claim) {
        PodBuilder pod = Pods.serving("p", model, address).editMetadata().addToLabels(PodReader.PORT, port)
                .addToAnnotations(PodReader.ENGINE, engine).addToAnnotations(ClaimReader.PREFIX + model, claim)
                .endMetadata().editSpec().editFirstContainer().addNewEnv().withName(PodReader.DATA_PARALLEL)
                .withValue(ranks).endEnv().endContainer().endSpec();

        Reading<PodSpec> reading = reader.read(pod.build());

        assertThat(reading.problems()).allMatch(problem -> !problem.isBlank() && problem.length() < 2000
                && problem.chars().noneMatch(Character::isISOControl));
        PodSpec taken = reading.value();
        if (taken == null) {
            return;
        }
        assertThat(taken.models().isEmpty() && taken.claims().isEmpty()).isFalse();
        List<Integer> ports = new ArrayList<>(taken.ports());
        taken.claims().stream().map(ModelClaim::port).filter(claimed -> claimed > 0).forEach(ports::add);
        assertThat(ports).allMatch(each -> each >= 1 && each <= 65_535);
        Set<Integer> different = new HashSet<>(ports);
        assertThat(different).hasSameSizeAs(ports);
        assertThat(taken.host()).matches("[0-9a-f:.%]*");
    }
}
