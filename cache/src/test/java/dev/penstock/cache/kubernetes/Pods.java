package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Map;

/** Pods and adapters as a cluster would show them. */
final class Pods {

    static final String NAMESPACE = "engines";

    private Pods() {}

    /** A pod that serves a model on an address. */
    static PodBuilder serving(String name, String model, String address) {
        return new PodBuilder().withNewMetadata().withNamespace(NAMESPACE).withName(name).withUid("uid-" + name)
                .addToLabels(PodReader.MODEL, model).endMetadata()
                .withNewSpec().addNewContainer().withName("engine").endContainer().endSpec()
                .withNewStatus().withPhase("Running").withPodIP(address)
                .addNewCondition().withType("Initialized").withStatus("True").endCondition()
                .addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus();
    }

    /** A pod without any model. */
    static PodBuilder plain(String name) {
        return serving(name, "m", "10.0.0.1").editMetadata().withLabels(Map.of()).endMetadata();
    }

    /** An adapter that some pods have loaded. */
    static GenericKubernetesResource adapter(String name, String... pods) {
        return new GenericKubernetesResourceBuilder().withApiVersion("model.aibrix.ai/v1alpha1")
                .withKind("ModelAdapter").withNewMetadata().withNamespace(NAMESPACE).withName(name)
                .withUid("uid-" + name).endMetadata()
                .addToAdditionalProperties("status", Map.of("instances", List.of(pods))).build();
    }
}
