package dev.penstock.cache.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.snapshot.AdapterSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdapterReaderTest {

    private static GenericKubernetesResource withStatus(Object status) {
        GenericKubernetesResource adapter = Pods.adapter("lora");
        adapter.setAdditionalProperties(Map.of("status", status));
        return adapter;
    }

    @Test
    void shouldBeAModelOnThePodsThatHaveLoadedIt() {
        Reading<AdapterSpec> reading = AdapterReader.read(Pods.adapter("lora", "p", "q", "p"));

        assertThat(reading.key()).isEqualTo(new ObjectKey(Pods.NAMESPACE, "lora"));
        assertThat(reading.value()).isEqualTo(new AdapterSpec(Pods.NAMESPACE, "lora", Set.of("p", "q")));
        assertThat(reading.problems()).isEmpty();
    }

    @Test
    void shouldBeOnNoPodBeforeItIsPlaced() {
        GenericKubernetesResource bare = Pods.adapter("lora");
        bare.setAdditionalProperties(Map.of());

        assertThat(AdapterReader.read(bare).value()).isEqualTo(new AdapterSpec(Pods.NAMESPACE, "lora", Set.of()));
        assertThat(AdapterReader.read(withStatus(Map.of("phase", "Pending"))).value())
                .isEqualTo(new AdapterSpec(Pods.NAMESPACE, "lora", Set.of()));
    }

    @Test
    void shouldRefuseAnOddStatus() {
        assertThat(AdapterReader.read(withStatus(Map.of("instances", "p"))).problems())
                .containsExactly("status.instances: expected: a list of names of pods");
        assertThat(AdapterReader.read(withStatus("odd")).problems())
                .containsExactly("status.instances: expected: a list of names of pods");
        assertThat(AdapterReader.read(withStatus(Map.of("instances", List.of("p", Map.of())))).problems())
                .containsExactly("status.instances: expected: names of pods, not \"{}\"");
        assertThat(AdapterReader.read(withStatus(Map.of("instances", Arrays.asList("p", null)))).value()).isNull();
        assertThat(AdapterReader.read(new GenericKubernetesResource()).problems()).hasSize(1);
    }
}
