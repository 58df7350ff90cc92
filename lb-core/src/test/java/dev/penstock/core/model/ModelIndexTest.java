package dev.penstock.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelIndexTest {

    private static Model model(String name, int shard) {
        return new Model(name, name, EndpointList.EMPTY, EndpointList.EMPTY, shard, null, null);
    }

    @Test
    void shouldHoldWhatAMapHoldsWhateverChanges() {
        Random random = new Random(Long.getLong("penstock.test.seed", 1));
        TreeMap<String, Model> expected = new TreeMap<>();
        ModelIndex index = ModelIndex.EMPTY;
        for (int round = 0; round < 600; round++) {
            // Grows to hundreds, shrinks to none, and grows again.
            boolean growing = round % 300 < 150;
            Map<String, @Nullable Model> changes = new HashMap<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                String name = "model-" + random.nextInt(500);
                Model changed = random.nextInt(10) < (growing ? 8 : 1) ? model(name, random.nextInt()) : null;
                changes.put(name, changed);
            }
            ModelIndex before = index;
            List<Model> held = before.inOrder();
            index = index.with(changes);
            changes.forEach((name, model) -> {
                if (model == null) {
                    expected.remove(name);
                } else {
                    expected.put(name, model);
                }
            });
            assertThat(before.inOrder()).as("what is published stays as it is").isEqualTo(held);
            assertThat(index.size()).isEqualTo(expected.size());
            assertThat(index.inOrder()).containsExactlyElementsOf(expected.values());
            for (int i = 0; i < 500; i++) {
                assertThat(index.get("model-" + i)).isSameAs(expected.get("model-" + i));
            }
        }
    }

    @Test
    void shouldFindNamesOfTheSameHash() {
        List<String> names = List.of("AaAa", "BBBB", "AaBB", "BBAa");
        assertThat(names).extracting(String::hashCode).containsOnly("AaAa".hashCode());
        ModelIndex index = ModelIndex.of(names.stream().map(name -> model(name, 0)).toList());
        names.forEach(name -> assertThat(index.get(name)).isNotNull().extracting(Model::name).isEqualTo(name));
        Map<String, @Nullable Model> gone = new HashMap<>();
        gone.put("BBBB", null);
        assertThat(index.with(gone).inOrder()).extracting(Model::name).containsExactly("AaAa", "AaBB", "BBAa");
    }

    @Test
    void shouldShareWhatDidNotChange() {
        List<Model> models = IntStream.range(0, 1_000).mapToObj(i -> model("m" + i, 0)).toList();
        ModelIndex index = ModelIndex.of(models);
        assertThat(index.with(Map.of())).isSameAs(index);
        ModelIndex next = index.with(Map.of("m1", model("m1", 7)));
        assertThat(next.get("m2")).isSameAs(index.get("m2"));
        assertThat(next.get("m1")).isNotSameAs(index.get("m1"));
    }

    @Test
    void shouldRefuseANameThatIsThereTwice() {
        assertThatThrownBy(() -> ModelIndex.of(List.of(model("m", 0), model("m", 1))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("each name once");
    }
}
