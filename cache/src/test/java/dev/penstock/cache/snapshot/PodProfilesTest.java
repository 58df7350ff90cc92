package dev.penstock.cache.snapshot;

import static dev.penstock.cache.snapshot.HandDrivenCache.pod;
import static dev.penstock.cache.snapshot.HandDrivenCache.readiness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.profiles.ProfileReader;
import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.ConfigProfiles.Hints;
import dev.penstock.core.model.ConfigProfiles.Limits;
import dev.penstock.core.model.ConfigProfiles.Profile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of the pods of a model says what is configured of its requests. */
class PodProfilesTest {

    private final HandDrivenCache cache = new HandDrivenCache(64, 1);

    private static PodSpec says(PodSpec pod, String document) {
        return new PodSpec(pod.identity(), pod.host(), pod.ports(), pod.group(), pod.engine(), pod.ready(),
                pod.labels(), Map.of(ProfileReader.ANNOTATION, document), pod.models(), pod.claims());
    }

    private static String strategy(String strategy) {
        return "{\"profiles\":{\"default\":{\"routingStrategy\":\"" + strategy + "\"}}}";
    }

    private @Nullable String strategyOf(String model) {
        ConfigProfiles profiles = cache.model(model).profiles();
        Profile profile = profiles == null ? null : profiles.named(null);
        return profile == null ? null : profile.strategy();
    }

    @Test
    void shouldTakeTheFirstPodWithAValidDocument() {
        cache.replace(List.of(says(pod("c", "3", "m"), strategy("random")), pod("a", "1", "m"),
                says(pod("b", "2", "m"), "{broken")));
        cache.publish();
        assertThat(strategyOf("m")).isEqualTo("random");
        assertThat(cache.model("m").ready().size()).as("nothing else is harmed").isEqualTo(3);

        cache.upsert(says(pod("b", "2", "m"), strategy("least-request")));
        cache.publish();
        assertThat(strategyOf("m")).isEqualTo("least-request");

        cache.upsert(readiness(says(pod("b", "2", "m"), strategy("least-request")), false));
        cache.publish();
        assertThat(strategyOf("m")).isEqualTo("random");
    }

    @Test
    void shouldHaveNoneWhereNoPodSaysAnything() {
        cache.replace(List.of(pod("a", "1", "m"), says(pod("b", "2", "m"), "{}")));
        cache.publish();
        assertThat(cache.model("m").profiles()).isNull();
    }

    @Test
    void shouldHoldForAliasesToo() {
        cache.replace(List.of(says(pod("a", "1", "m"), strategy("random"))),
                new ModelSpec("m", Set.of("alias"), null, null));
        cache.publish();
        assertThat(strategyOf("alias")).isEqualTo("random");
        assertThat(cache.model("alias").profiles()).isSameAs(cache.model("m").profiles());
    }

    @Test
    void shouldTakeWhatASourceSaysOfTheModelBeforeItsPods() {
        ConfigProfiles said = new ConfigProfiles(null, false, null,
                List.of(new Profile("default", "pd", Hints.NONE, Limits.NONE, null)));
        cache.replace(List.of(says(pod("a", "1", "m"), strategy("random"))),
                new ModelSpec("m", Set.of(), null, null).withProfiles(said));
        cache.publish();
        assertThat(cache.model("m").profiles()).isSameAs(said);
    }

    @Test
    void shouldReadATextOnce() {
        cache.replace(List.of(says(pod("a", "1", "m"), strategy("random")),
                says(pod("b", "2", "n"), new String(strategy("random").toCharArray()))));
        cache.publish();
        assertThat(cache.model("n").profiles()).isNotNull().isSameAs(cache.model("m").profiles());
    }
}
