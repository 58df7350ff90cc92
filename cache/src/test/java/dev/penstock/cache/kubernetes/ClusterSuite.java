package dev.penstock.cache.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.Metrics;
import dev.penstock.spi.PodView;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every API server must be read by, whoever plays it. */
@Timeout(60)
abstract class ClusterSuite {

    static final ResourceDefinitionContext ADAPTERS = new ResourceDefinitionContext.Builder()
            .withGroup("model.aibrix.ai").withVersion("v1alpha1").withKind("ModelAdapter").withPlural("modeladapters")
            .withNamespaced(true).build();

    private final String namespace = "penstock-test-" + Long.toString(System.nanoTime(), 36);
    private KubernetesClient client;
    private DrivenDiscovery driven;

    /** Who may do everything in the cluster. */
    abstract Config administrator();

    @BeforeEach
    void begin() {
        client = new KubernetesClientBuilder().withConfig(administrator()).build();
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
                .create();
        driven = start(Map.of());
    }

    @AfterEach
    void end() {
        driven.close();
        client.pods().inNamespace(namespace).list().getItems().forEach(pod -> unfinalized(pod.getMetadata().getName()));
        client.namespaces().withName(namespace).delete();
        client.close();
    }

    private DrivenDiscovery start(Map<String, String> more) {
        Map<String, String> said = new HashMap<>(Map.of("kubernetes.enabled", "true",
                "kubernetes.namespaces", namespace));
        said.putAll(more);
        return new DrivenDiscovery(settings(said), administrator(), Metrics.NONE);
    }

    static KubernetesSettings settings(Map<String, String> said) {
        Map<String, Source> sources = new HashMap<>();
        said.forEach((name, value) -> sources.put(name, new Source(value, "test")));
        List<Setting<?>> known = KubernetesSettings.ALL;
        return KubernetesSettings.from(Settings.conclude(known, Map.of(), Map.of(), sources));
    }

    // ---- the cluster

    /** Creates a pod that no node ever runs, and says of it what a kubelet would. */
    private Pod create(String name, Map<String, String> labels, Map<String, String> annotations, String address) {
        Pod created = client.pods().inNamespace(namespace).resource(new PodBuilder().withNewMetadata().withName(name)
                .withNamespace(namespace).withLabels(labels).withAnnotations(annotations)
                .withFinalizers("penstock.dev/test").endMetadata()
                .withNewSpec().withAutomountServiceAccountToken(false)
                .addToNodeSelector("penstock.dev/no-node", "true")
                .addNewContainer().withName("engine").withImage("registry.invalid/engine").endContainer().endSpec()
                .build()).create();
        reports(name, address, "True");
        return created;
    }

    private Pod create(String name, String model, String address) {
        return create(name, Map.of(PodReader.MODEL, model), Map.of(), address);
    }

    private void reports(String name, String address, String ready) {
        client.pods().inNamespace(namespace).withName(name).editStatus(pod -> new PodBuilder(pod).editOrNewStatus()
                .withPhase("Running").withPodIP(address).withConditions().addNewCondition().withType("Ready")
                .withStatus(ready).endCondition().endStatus().build());
    }

    private void edit(String name, UnaryOperator<PodBuilder> change) {
        client.pods().inNamespace(namespace).withName(name)
                .edit(pod -> change.apply(new PodBuilder(pod)).build());
    }

    private void unfinalized(String name) {
        edit(name, pod -> pod.editMetadata().withFinalizers().endMetadata());
    }

    private void delete(String name) {
        client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
        unfinalized(name);
    }

    private void place(String adapter, String... pods) {
        var adapters = client.genericKubernetesResources(ADAPTERS).inNamespace(namespace);
        GenericKubernetesResource resource = new GenericKubernetesResourceBuilder()
                .withApiVersion("model.aibrix.ai/v1alpha1").withKind("ModelAdapter")
                .withNewMetadata().withNamespace(namespace).withName(adapter).endMetadata().build();
        if (adapters.withName(adapter).get() == null) {
            adapters.resource(resource).create();
        }
        adapters.withName(adapter).edit(before -> {
            before.setAdditionalProperty("status", Map.of("instances", List.of(pods)));
            return before;
        });
    }

    private void shows(String model, int ready) {
        driven.until(model + " with " + ready + " ready", () -> driven.serves(model) && driven.ready(model) == ready);
    }

    // ---- pods

    @Test
    void shouldFindPodsThatAreThereAndPodsThatCome() {
        create("a", "llama", "10.0.0.1");
        shows("llama", 1);
        create("b", "llama", "10.0.0.2");
        create("c", Map.of(PodReader.MODEL, "qwen", PodReader.PORT, "9001"), Map.of(), "fd00::3");

        shows("llama", 2);
        shows("qwen", 1);

        assertThat(driven.endpoint("qwen").address()).isEqualTo("[fd00::3]:9001");
        assertThat(driven.endpoint("qwen").namespace()).isEqualTo(namespace);
        driven.until("nothing to be awaited", () -> driven.discovery.awaited() == null);
    }

    @Test
    void shouldKeepTheSlotOfAPodThatIsNotReadyForAWhile() {
        create("a", "llama", "10.0.0.1");
        shows("llama", 1);
        PodView before = driven.endpoint("llama");

        reports("a", "10.0.0.1", "False");
        shows("llama", 0);
        assertThat(driven.endpoint("llama").slot()).isEqualTo(before.slot());
        reports("a", "10.0.0.1", "True");
        shows("llama", 1);

        assertThat(driven.endpoint("llama").slot()).isEqualTo(before.slot());
        assertThat(driven.endpoint("llama").generation()).isEqualTo(before.generation());
    }

    @Test
    void shouldNotShowAModelAsGoneWhileItsPodIsUpdated() {
        create("a", "llama", "10.0.0.1");
        shows("llama", 1);
        long version = driven.fleet().version();

        for (int i = 1; i <= 5; i++) {
            String round = Integer.toString(i);
            edit("a", pod -> pod.editMetadata().addToLabels("round", round).endMetadata());
            driven.until("round " + round, () -> {
                Model model = Objects.requireNonNull(driven.fleet().model("llama"));
                return round.equals(model.endpoints().get(0).labels().get("round"));
            });
            assertThat(driven.ready("llama")).isEqualTo(1);
        }
        assertThat(driven.fleet().version()).isGreaterThan(version);
    }

    @Test
    void shouldSendNothingNewToAPodThatTerminatesAndKeepItUntilItIsGone() {
        create("a", "llama", "10.0.0.1");
        create("b", "llama", "10.0.0.2");
        shows("llama", 2);

        client.pods().inNamespace(namespace).withName("a").withGracePeriod(0).delete();
        shows("llama", 1);
        assertThat(Objects.requireNonNull(driven.fleet().model("llama")).endpoints().size()).isEqualTo(2);
        unfinalized("a");

        driven.until("one endpoint", () -> Objects.requireNonNull(driven.fleet().model("llama")).endpoints().size()
                == 1);
        assertThat(driven.endpoint("llama").name()).isEqualTo("b");
    }

    @Test
    void shouldTellAPodFromTheNextOneOfItsName() {
        String first = create("a", "llama", "10.0.0.1").getMetadata().getUid();
        shows("llama", 1);
        delete("a");
        driven.until("it is gone", () -> !driven.serves("llama"));

        String second = create("a", "llama", "10.0.0.2").getMetadata().getUid();
        shows("llama", 1);

        assertThat(second).isNotEqualTo(first);
        assertThat(driven.endpoint("llama").uid()).isEqualTo(second);
        assertThat(driven.endpoint("llama").host()).isEqualTo("10.0.0.2");
    }

    @Test
    void shouldRefuseAPodWithABadLabelAndHarmNoOther() {
        create("good", "llama", "10.0.0.1");
        create("bad", Map.of(PodReader.MODEL, "llama", PodReader.PORT, "http"), Map.of(), "10.0.0.2");

        driven.until("a complaint", () -> driven.complains("/bad: label model.aibrix.ai/port"));
        shows("llama", 1);
        edit("bad", pod -> pod.editMetadata().addToLabels(PodReader.PORT, "8000").endMetadata());

        shows("llama", 2);
        driven.until("no complaint", () -> driven.discovery.state().good());
    }

    @Test
    void shouldServeWhatAPodClaims() {
        create("pool", Map.of(), Map.of(ClaimReader.PREFIX + "c", "{\"model\":\"qwen\",\"port\":0}"), "10.0.0.1");
        driven.until("a pod", () -> driven.discovery.state().changes() > 0);

        edit("pool", pod -> pod.editMetadata().addToAnnotations(ClaimReader.PREFIX + "c",
                "{\"model\":\"qwen\",\"port\":20000,\"state\":\"active\"}").endMetadata());

        shows("qwen", 1);
        assertThat(driven.endpoint("qwen").port()).isEqualTo(20_000);
    }

    @Test
    void shouldLookAtTheNamespaceThatItWasTold() {
        create("a", "llama", "10.0.0.1");
        shows("llama", 1);
        try (DrivenDiscovery elsewhere = start(Map.of("kubernetes.namespaces", "penstock-nowhere"))) {
            elsewhere.until("all of it", () -> elsewhere.discovery.awaited() == null);
            assertThat(elsewhere.serves("llama")).isFalse();
        }
        try (DrivenDiscovery everywhere = start(Map.of("kubernetes.namespaces", ""))) {
            everywhere.until("the pod", () -> everywhere.ready("llama") == 1);
        }
    }

    @Test
    void shouldLeaveTheChoiceOfPodsToTheServer() {
        create("a", Map.of(PodReader.MODEL, "llama", "tier", "gold"), Map.of(), "10.0.0.1");
        create("b", "llama", "10.0.0.2");
        try (DrivenDiscovery gold = start(Map.of("kubernetes.pod-selector", "tier=gold"))) {
            gold.until("all of it", () -> gold.discovery.awaited() == null && gold.serves("llama"));
            assertThat(gold.ready("llama")).isEqualTo(1);
            create("c", Map.of(PodReader.MODEL, "llama", "tier", "gold"), Map.of(), "10.0.0.3");
            gold.until("the other one", () -> gold.ready("llama") == 2);
        }
    }

    // ---- adapters

    @Test
    void shouldRouteAnAdapterToThePodsThatHaveLoadedIt() {
        create("a", "llama", "10.0.0.1");
        create("b", "llama", "10.0.0.2");
        place("lora", "b");
        shows("lora", 1);
        assertThat(driven.endpoint("lora").name()).isEqualTo("b");

        place("lora", "a", "b");
        shows("lora", 2);
        reports("b", "10.0.0.2", "False");
        shows("lora", 1);
        client.genericKubernetesResources(ADAPTERS).inNamespace(namespace).withName("lora").delete();

        driven.until("the adapter is gone", () -> !driven.serves("lora"));
        assertThat(driven.serves("llama")).isTrue();
    }

    @Test
    void shouldTakeAnAdapterBeforeItsPods() {
        place("lora", "a");
        driven.until("the adapter", () -> driven.discovery.state().changes() > 0);
        assertThat(driven.serves("lora")).isFalse();

        create("a", "llama", "10.0.0.1");

        shows("lora", 1);
    }
}
