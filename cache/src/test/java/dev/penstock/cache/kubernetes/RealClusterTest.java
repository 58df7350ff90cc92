package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The suite against a real API server: the one of the file that {@code PENSTOCK_KUBECONFIG} names. It makes namespaces
 * of its own and, where it is missing, the definition of ModelAdapter.
 */
@EnabledIfEnvironmentVariable(named = RealClusterTest.VARIABLE, matches = ".+",
        disabledReason = "it names no kubeconfig file of a cluster to test with")
class RealClusterTest extends ClusterSuite {

    static final String VARIABLE = "PENSTOCK_KUBECONFIG";
    private static final ResourceDefinitionContext DEFINITIONS = new ResourceDefinitionContext.Builder()
            .withGroup("apiextensions.k8s.io").withVersion("v1").withKind("CustomResourceDefinition")
            .withPlural("customresourcedefinitions").withNamespaced(false).build();
    private static final String DEFINITION = """
            {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
             "metadata": {"name": "modeladapters.model.aibrix.ai"},
             "spec": {"group": "model.aibrix.ai", "scope": "Namespaced",
               "names": {"kind": "ModelAdapter", "plural": "modeladapters", "singular": "modeladapter"},
               "versions": [{"name": "v1alpha1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                 {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}
            """;

    @BeforeEach
    @Override
    void begin() {
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(administrator()).build()) {
            var definitions = client.genericKubernetesResources(DEFINITIONS);
            if (definitions.withName("modeladapters.model.aibrix.ai").get() == null) {
                definitions.resource(Serialization.unmarshal(DEFINITION, GenericKubernetesResource.class)).create();
                definitions.withName("modeladapters.model.aibrix.ai").waitUntilCondition(definition ->
                        definition != null && String.valueOf(definition.getAdditionalProperties().get("status"))
                                .contains("type=Established"), 30, TimeUnit.SECONDS);
            }
        }
        super.begin();
    }

    @Override
    Config administrator() {
        return Config.fromKubeconfig(new File(System.getenv(VARIABLE)));
    }
}
