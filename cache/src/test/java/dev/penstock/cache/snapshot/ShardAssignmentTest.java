package dev.penstock.cache.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardAssignmentTest {

    private final ShardAssignment assignment = new ShardAssignment(3);
    private final Map<String, Integer> shards = new HashMap<>();

    private List<Set<String>> served = List.of();

    /** These pods, and no others, are there now. */
    private Map<String, Integer> assign(List<Set<String>> pods) {
        return assign(assignment, pods);
    }

    private Map<String, Integer> assign(ShardAssignment to, List<Set<String>> pods) {
        for (int i = 0; i < Math.max(pods.size(), served.size()); i++) {
            to.change(i < served.size() ? served.get(i) : Set.of(), i < pods.size() ? pods.get(i) : Set.of());
        }
        served = pods;
        Map<String, Integer> before = new HashMap<>(shards);
        shards.clear();
        Set<String> moved = to.settle();
        for (Set<String> pod : pods) {
            pod.forEach(model -> shards.put(model, to.of(model)));
        }
        shards.forEach((model, shard) -> {
            if (before.containsKey(model) && !shard.equals(before.get(model))) {
                assertThat(moved).contains(model);
            }
        });
        return Map.copyOf(shards);
    }

    @Test
    void shouldPutEverythingIntoTheOnlyShard() {
        assertThat(assign(new ShardAssignment(1), List.of(Set.of("a"), Set.of("b"))))
                .containsOnly(Map.entry("a", 0), Map.entry("b", 0));
    }

    @Test
    void shouldSpreadWhatSharesNoPod() {
        assertThat(assign(List.of(Set.of("a"), Set.of("b"), Set.of("c"), Set.of("d"))))
                .containsOnly(Map.entry("a", 0), Map.entry("b", 1), Map.entry("c", 2), Map.entry("d", 0));
    }

    @Test
    void shouldKeepTogetherWhatSharesPodsOverOthers() {
        Map<String, Integer> shards =
                assign(List.of(Set.of("a", "x"), Set.of("b"), Set.of("x", "y"), Set.of("y", "z")));

        assertThat(shards.get("a")).isEqualTo(shards.get("x")).isEqualTo(shards.get("y")).isEqualTo(shards.get("z"))
                .isNotEqualTo(shards.get("b"));
    }

    @Test
    void shouldKeepTheShardOfAModelThatLives() {
        Map<String, Integer> before = assign(List.of(Set.of("m"), Set.of("n"), Set.of("o")));

        Map<String, Integer> after = assign(List.of(Set.of("a"), Set.of("n"), Set.of("o")));

        assertThat(after.get("n")).isEqualTo(before.get("n"));
        assertThat(after.get("o")).isEqualTo(before.get("o"));
    }

    @Test
    void shouldMergeIntoTheShardOfTheMost() {
        assign(List.of(Set.of("a"), Set.of("b", "c"), Set.of("d")));

        Map<String, Integer> merged = assign(List.of(Set.of("a", "b"), Set.of("b", "c"), Set.of("d")));

        assertThat(merged).containsEntry("a", 1).containsEntry("b", 1).containsEntry("c", 1).containsEntry("d", 2);
    }

    @Test
    void shouldNeverSplitAPodWhateverHappens() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            List<Set<String>> pods = IntStream.range(0, 1 + random.nextInt(12))
                    .mapToObj(pod -> Set.copyOf((Collection<String>) random.ints(1 + random.nextInt(3), 0, 15)
                            .mapToObj(model -> "m" + model).toList()))
                    .toList();
            Map<String, Integer> shards = assign(pods);
            for (Set<String> pod : pods) {
                assertThat(pod.stream().map(shards::get).distinct()).hasSize(1).allMatch(shard -> shard < 3);
            }
        }
    }
}
