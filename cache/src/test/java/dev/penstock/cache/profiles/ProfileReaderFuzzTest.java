package dev.penstock.cache.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.ConfigProfiles.Profile;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an annotation holds, reading it ends with profiles that can be asked, or with a reason.
 * {@code JAZZER_FUZZ=1} lets the fuzzer look for more than the seeds.
 */
class ProfileReaderFuzzTest {

    private static final List<String> SEEDS = List.of(
            "{\"profiles\":{\"default\":{\"routingStrategy\":\"pd\",\"routingConfig\":{\"promptTokensGte\":8192}}}}",
            "{\"lockedRoutingStrategy\":\"pd\",\"defaultProfile\":\"d\",\"profiles\":{\"d\":{\"requestsPerSecond\":10,"
                    + "\"requestsInflight\":-3,\"requestsPerSecondPerReplica\":1e-3}},"
                    + "\"x\":[null,true,\"\\ud83d\\ude00\"]}",
            "{profiles: &p {a: *p, <<: {maxTokensLt: 0x10}}}",
            "{\"profiles\":{\"a\":{\"routingConfig\":{\"maxTokensGte\":9223372036854775807,"
                    + "\"maxTokensLt\":-1}}}}\u0000");
    private static final String ALPHABET = "[]{}:,-?!&*|>'\"%@`#\n\t \\0x<~.a1é9e+\u0000\ud800\ufeff";

    @FuzzTest
    void shouldEndWithProfilesOrWithAReason(FuzzedDataProvider data) {
        check(data.consumeRemainingAsString());
    }

    static Stream<Long> randomSeeds() {
        return Stream.of(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldEndWithProfilesOrWithAReasonForBrokenDocuments(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
            for (int edits = random.nextInt(5); edits > 0; edits--) {
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
        switch (ProfileReader.read(text)) {
            case ProfileReader.Read(ConfigProfiles profiles) -> {
                assertThat(profiles.profiles()).isNotEmpty();
                for (Profile profile : profiles.profiles()) {
                    if (profile.name().equals(profile.name().trim())) {
                        assertThat(profiles.named(profile.name())).isSameAs(profile);
                    }
                    assertThat(profile.limits().perSecond()).isNotNegative();
                    assertThat(profile.limits().inFlight()).isNotNegative();
                    assertThat(profile.limits().perSecondPerReplica()).isNotNegative().isFinite();
                }
                profiles.bySize(1, -1);
            }
            case ProfileReader.Refused(String reason) -> assertThat(reason).isNotEmpty();
        }
    }
}
