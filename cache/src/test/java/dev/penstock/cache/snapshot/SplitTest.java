package dev.penstock.cache.snapshot;

import static dev.penstock.cache.snapshot.HandDrivenCache.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.model.Model;
import dev.penstock.core.model.TrafficSplit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SplitTest {

    private final HandDrivenCache cache = new HandDrivenCache(64, 2);

    private static ModelSpec split(String name, Map<String, Integer> weights, String... aliases) {
        return new ModelSpec(name, Set.of(aliases), null, null, weights);
    }

    private Map<String, Integer> shares(String name) {
        TrafficSplit split = Objects.requireNonNull(cache.model(name).split());
        return split.targets().stream().collect(Collectors.toMap(TrafficSplit.Target::model,
                TrafficSplit.Target::weight));
    }

    @Test
    void shouldSplitOverWhatIsThere() {
        cache.replace(List.of(pod("a", "1", "blue")),
                split("chat", Map.of("blue", 90, "green", 10, "never", 0), "talk"));
        cache.publish();
        assertThat(shares("chat")).isEqualTo(Map.of("blue", 90));
        assertThat(cache.model("chat").endpoints().size()).isZero();

        cache.upsert(pod("b", "2", "green", "never"));
        cache.publish();
        assertThat(shares("chat")).isEqualTo(Map.of("blue", 90, "green", 10));
        assertThat(shares("talk")).as("an alias of it").isEqualTo(shares("chat"));
        assertThat(cache.model("blue").split()).isNull();

        cache.remove(pod("a", "1", "blue"));
        cache.publish();
        assertThat(shares("chat")).isEqualTo(Map.of("green", 10));
        cache.remove(pod("b", "2", "green", "never"));
        cache.publish();
        assertThat(cache.fleet().models()).as("nobody is left").isEmpty();
    }

    @Test
    void shouldSplitAModelThatIsServedItself() {
        cache.replace(List.of(pod("a", "1", "m")), split("m", Map.of("m", 3, "canary", 1)));
        cache.publish();
        assertThat(shares("m")).isEqualTo(Map.of("m", 3));
        assertThat(cache.model("m").endpoints().size()).isEqualTo(1);

        cache.upsert(pod("b", "2", "canary"));
        cache.publish();
        assertThat(shares("m")).isEqualTo(Map.of("m", 3, "canary", 1));

        cache.replace(List.of(pod("a", "1", "m"), pod("b", "2", "canary")));
        cache.publish();
        assertThat(cache.model("m").split()).isNull();
    }

    @Test
    void shouldSplitOverAliasesAndAdaptersButNotOverSplits() {
        cache.tell(new CacheCommand.AdapterUpserted("x", new AdapterSpec("ns", "lora", Set.of("a"))));
        cache.replace(List.of(pod("a", "1", "m")), new ModelSpec("m", Set.of("alias"), null, null),
                split("chat", Map.of("alias", 1, "lora", 2, "deeper", 4)), split("deeper", Map.of("m", 1)));
        cache.publish();

        assertThat(shares("chat")).isEqualTo(Map.of("alias", 1, "lora", 2));
        assertThat(shares("deeper")).isEqualTo(Map.of("m", 1));

        cache.remove(pod("a", "1", "m"));
        cache.publish();
        assertThat(cache.fleet().models()).extracting(Model::name).isEmpty();
    }

    @Test
    void shouldNotLoseItsWayWhereNamesGoInCircles() {
        cache.replace(List.of(pod("a", "1", "m")), new ModelSpec("x", Set.of("y"), null, null),
                new ModelSpec("y", Set.of("x"), null, null), split("s", Map.of("t", 1)), split("t", Map.of("s", 1)));
        cache.publish();

        assertThat(cache.fleet().models()).extracting(Model::name).containsExactly("m");
    }

    @Test
    void shouldGiveEachModelItsShareOfThePoints() {
        TrafficSplit split = TrafficSplit.of(Map.of("b", 1, "a", 2, "c", 3));
        assertThat(List.of(0, 1, 2, 3, 4, 5)).extracting(split::target).containsExactly("a", "a", "b", "c", "c", "c");
        assertThatThrownBy(() -> split.target(6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> split.target(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldRefuseWeightsThatMeanNothing() {
        for (Map<String, Integer> weights : List.of(Map.of("a", -1), Map.of("a", 0), Map.of("a", 1_000_001))) {
            assertThatThrownBy(() -> split("s", weights)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected");
        }
    }
}
