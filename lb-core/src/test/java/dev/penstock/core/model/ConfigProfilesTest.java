package dev.penstock.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.ConfigProfiles.Hints;
import dev.penstock.core.model.ConfigProfiles.Limits;
import dev.penstock.core.model.ConfigProfiles.Profile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which profile a request has. */
class ConfigProfilesTest {

    private static final List<Profile> EIGHT = List.of(
            profile("default", "random", Hints.NONE),
            profile("large-input", "pd", hints(8192L, null, null, null)),
            profile("offline-generation", "throughput", hints(null, null, 2048L, null)),
            profile("combined", "least-request", hints(8192L, null, 2048L, null)),
            profile("broad-short-input", "least-request", hints(null, 2048L, null, null)),
            profile("narrow-short-input", "least-latency", hints(null, 512L, null, null)),
            profile("broad-short-output", "least-request", hints(null, null, null, 4096L)),
            profile("narrow-short-output", "random", hints(null, null, null, 1024L)));

    private static Profile profile(String name, @Nullable String strategy, Hints hints) {
        return new Profile(name, strategy, hints, Limits.NONE, null);
    }

    private static Hints hints(@Nullable Long promptGte, @Nullable Long promptLt, @Nullable Long maxGte,
            @Nullable Long maxLt) {
        return new Hints(promptGte, promptLt, maxGte, maxLt);
    }

    private static ConfigProfiles of(@Nullable String byDefault, List<Profile> profiles) {
        return new ConfigProfiles(null, false, byDefault, profiles);
    }

    private static @Nullable String name(@Nullable Profile profile) {
        return profile == null ? null : profile.name();
    }

    @ParameterizedTest
    @CsvSource({
        "9000, -1, large-input",
        "-1, 2048, offline-generation",
        "9000, 2048, combined",
        "2048, -1, default",
        "100, -1, narrow-short-input",
        "511, -1, narrow-short-input",
        "512, -1, broad-short-input",
        "-1, 512, narrow-short-output",
        "-1, 1024, broad-short-output",
        "8191, 4096, offline-generation",
        "8192, 2047, large-input",
        "-1, -1, default"})
    void shouldChooseTheProfileThatSaysMostOfTheSize(long promptTokens, long maxTokens, String expected) {
        List<Profile> shuffled = new ArrayList<>(EIGHT);
        Collections.shuffle(shuffled, new Random(promptTokens + 7 * maxTokens));
        assertThat(name(of("default", shuffled).bySize(promptTokens, maxTokens))).isEqualTo(expected);
    }

    @Test
    void shouldRankBySpecificityThenBoundsThenName() {
        List<Profile> ranked = List.of(
                profile("z", null, hints(1L, 9L, 1L, 9L)),
                profile("two-gte", null, hints(5L, null, 1L, null)),
                profile("two-lt", null, hints(null, 5L, 1L, null)),
                profile("gte-7", null, hints(7L, null, null, null)),
                profile("gte-6", null, hints(6L, null, null, null)),
                profile("lt-8", null, hints(null, 8L, null, null)),
                profile("lt-9", null, hints(null, 9L, null, null)),
                profile("max-gte-4", null, hints(null, null, 4L, null)),
                profile("max-gte-3", null, hints(null, null, 3L, null)),
                profile("max-lt-2", null, hints(null, null, null, 2L)),
                profile("a", null, hints(null, null, null, 3L)),
                profile("b", null, hints(null, null, null, 3L)),
                profile("none", null, Hints.NONE));
        List<Profile> shuffled = new ArrayList<>(ranked);
        Collections.shuffle(shuffled, new Random(3));
        assertThat(of(null, shuffled).profiles()).containsExactlyElementsOf(ranked);
    }

    @ParameterizedTest
    @CsvSource({"offline-generation, offline-generation", "' pd ', default", "missing, default", ", default",
        "'', default", "' combined ', combined"})
    void shouldTakeTheNamedOneElseTheDefault(@Nullable String asked, String expected) {
        assertThat(name(of("default", EIGHT).named(asked))).isEqualTo(expected);
    }

    @Test
    void shouldTakeTheNamedDefaultAndNoOtherInItsPlace() {
        List<Profile> two = List.of(profile("default", "random", Hints.NONE), profile("pd", "pd", Hints.NONE));
        assertThat(name(of(null, two).named(null))).isEqualTo("default");
        assertThat(name(of("pd", two).named("nothing"))).isEqualTo("pd");
        assertThat(of("gone", two).named(null)).isNull();
        assertThat(of(null, List.of(profile("burst", "random", Hints.NONE))).bySize(1, 1)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "AUTO", " Auto "})
    void shouldKnowAutoInAnyCase(String asked) {
        assertThat(ConfigProfiles.isAuto(asked)).isTrue();
    }

    @Test
    void shouldNotTakeAnythingElseForAuto() {
        assertThat(ConfigProfiles.isAuto(null)).isFalse();
        assertThat(ConfigProfiles.isAuto("")).isFalse();
        assertThat(ConfigProfiles.isAuto("automatic")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"5, 1, 5, 1", "1, 1, 1, 1", "1.4, 3, 4, 1", "0.18, 1, 1, 5", "0.5, 1, 1, 2", "0.99, 1, 1, 1",
        "0.0001, 1, 1, 60", "0.5, 4, 2, 1", "2, 0, 2, 1", "1e300, 2, 2147483647, 1"})
    void shouldMakeAWindowOfTheRateOfAllReplicas(double perReplica, int replicas, int requests, int seconds) {
        assertThat(new Limits(7, perReplica, 0).rate(replicas)).isEqualTo(new ModelRate(requests, seconds));
    }

    @Test
    void shouldLimitTheModelWhereNoLimitForReplicasIsSet() {
        assertThat(new Limits(7, 0, 0).rate(3)).isEqualTo(new ModelRate(7, 1));
        assertThat(Limits.NONE.rate(3)).isNull();
    }

    @Test
    void shouldSpreadEvenlyWhereALimitForReplicasIsSet() {
        assertThat(new Profile("p", "random", Hints.NONE, new Limits(0, 2, 0), null).strategy())
                .isEqualTo("least-request");
        assertThat(new Profile("p", "random", Hints.NONE, new Limits(2, 0, 1), null).strategy()).isEqualTo("random");
    }
}
