package dev.penstock.cache.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Targets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GpuProfileReaderTest {

    static final String JSON = """
            {"model": "llama2-7b", "gpu": "llama2-7b-a100", "cost": 1.0, "created": 1748888478.258241,
             "indexes": [[4, 64], [128, 1024, 2048]],
             "tputs": [[60, 30.5, 4.25], [15, 8, 0.0]],
             "e2e": [[0.1, 0.2, 0.5], [0.8, 2.0, 2.5]],
             "slos": {"percentile": 99, "e2e": 5.0}}
            """;

    private static List<GpuProfile> good(String text) {
        return ((GpuProfileReader.Parsed) GpuProfileReader.parse(text, "p")).profiles();
    }

    private static List<String> errors(String text) {
        return ((GpuProfileReader.Refused) GpuProfileReader.parse(text, "p")).errors().stream()
                .map(FileError::toString).toList();
    }

    @Test
    void shouldReadOneProfile() {
        GpuProfile profile = good(JSON).getFirst();
        assertThat(profile.model()).isEqualTo("llama2-7b");
        assertThat(profile.group()).isEqualTo("llama2-7b-a100");
        assertThat(profile.cost()).isEqualTo(1);
        assertThat(profile.created()).isEqualTo(1748888478.258241);
        assertThat(profile.targets()).isEqualTo(new Targets(99, 0, 0, 5, 0, 0, 0));
        assertThat(profile.value(Measure.THROUGHPUT, 4, 1024)).isEqualTo(30.5);
        assertThat(profile.value(Measure.E2E, 64, 4096)).isEqualTo(2.5);
        assertThat(profile.consumption(64, 2048)).isInfinite();
        assertThat(profile.has(Measure.TTFT)).isFalse();
    }

    @Test
    void shouldReadAListInYaml() {
        List<GpuProfile> profiles = good("""
                - model: m
                  gpu: a100
                  indexes: [[1], [1]]
                  ttft: [[0.5]]
                  tpot: [[0.1]]
                  tputs:
                - {model: m, gpu: l20, indexes: [[1], [1]]}
                """);
        assertThat(profiles).extracting(GpuProfile::group).containsExactly("a100", "l20");
        assertThat(profiles.getFirst().value(Measure.TPOT, 9, 9)).isEqualTo(0.1);
        assertThat(profiles.getFirst().has(Measure.THROUGHPUT)).isFalse();
        assertThat(profiles.getFirst().targets()).isEqualTo(Targets.NONE);
    }

    @Test
    void shouldReadAnEmptyList() {
        assertThat(good("[]")).isEmpty();
    }

    @Test
    void shouldTellEverythingThatIsWrongWithItsPlace() {
        assertThat(errors("""
                - gpu: a100
                  indexes: [[1, 2], [4, 3]]
                  cost: cheap
                - model: m
                  gpu: b
                  indexes: [[1, 2], [1, 2]]
                  tputs: [[1, 2]]
                  e2e: [[1, 2], [3]]
                  ttft: [[1, 2], [3, -1]]
                  tpot: 5
                  slos: {percentile: 101, e2: 5}
                """)).containsExactly(
                "p:1:3: profile: model is missing",
                "p:3:9: cost: expected a number, not negative: cheap",
                "p:2:21: indexes: 3.0 after 4.0 (expected: positive numbers in ascending order)",
                "p:7:10: tputs: 1 rows (expected: 2, as the lengths of output in indexes)",
                "p:8:17: e2e: 1 numbers (expected: 2, as the lengths of prompts in indexes)",
                "p:9:22: ttft: expected a number, not negative: -1",
                "p:10:9: tpot: expected a list of lists of numbers",
                "p:11:27: slos: unknown key e2 (known: e2e, percentile, tpat, tpot, tput, tt, ttft)",
                "p:11:9: percentile: expected a whole number up to 100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "5", "- 5", "{", "[[1]]", "{model: m, gpu: g}", "{model: m, gpu: g, indexes: []}",
            "{model: m, gpu: g, indexes: [[], [1]]}", "{model: m, gpu: g, indexes: [[1], [.nan]]}",
            "{model: m, gpu: g, indexes: [[1], [.inf]]}", "{model: m, gpu: g, indexes: [[0], [1]]}",
            "{model: m, gpu: g, indexes: [[1], [1]], tputs: [[Infinity]]}",
            "{model: m, gpu: g, indexes: [[1], [1]], tputs: [[1e999]]}",
            "{model: m, gpu: g, indexes: [[1], [1]], tputs: [[[1]]]}",
            "{model: m, gpu: g, indexes: [[1], [1]], slos: 7}",
            "{model: [m], gpu: g, indexes: [[1], [1]]}", "{model: '', gpu: g, indexes: [[1], [1]]}",
            "{model: m, model: n, gpu: g, indexes: [[1], [1]]}"})
    void shouldRefuseWhatIsNoProfile(String text) {
        assertThat(errors(text)).isNotEmpty().allMatch(error -> error.startsWith("p:"));
    }
}
