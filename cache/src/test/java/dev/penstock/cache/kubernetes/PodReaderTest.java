package dev.penstock.cache.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.PodIdentity;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodReaderTest {

    private static final String FLEET = "orchestration.aibrix.ai/raycluster-fleet-name";
    private static final String GROUP = "app.kubernetes.io/name";

    private final PodReader reader = new PodReader(new GroupRule(FLEET, GROUP));

    private PodSpec taken(PodBuilder pod) {
        Reading<PodSpec> reading = reader.read(pod.build());
        assertThat(reading.problems()).isEmpty();
        return Objects.requireNonNull(reading.value());
    }

    private void assertIgnored(PodBuilder pod) {
        Reading<PodSpec> reading = reader.read(pod.build());
        assertThat(reading.value()).isNull();
        assertThat(reading.problems()).isEmpty();
    }

    private void assertRefused(PodBuilder pod, String reason) {
        Reading<PodSpec> reading = reader.read(pod.build());
        assertThat(reading.value()).isNull();
        assertThat(reading.problems()).containsExactly(reason);
    }

    private static PodBuilder labeled(String key, String value) {
        return Pods.serving("p", "llama", "10.0.0.1").editMetadata().addToLabels(key, value).endMetadata();
    }

    private static PodBuilder annotated(String key, String value) {
        return Pods.serving("p", "llama", "10.0.0.1").editMetadata().addToAnnotations(key, value).endMetadata();
    }

    // ---- what it is

    @Test
    void shouldTakeAPodByItsLabels() {
        PodSpec pod = taken(Pods.serving("p", "llama", "10.0.0.1").editMetadata()
                .addToLabels(PodReader.PORT, "9001").addToLabels(PodReader.ENGINE, "SGLang")
                .addToLabels(GROUP, "blue").addToLabels("zone", "a").endMetadata());

        assertThat(pod.identity()).isEqualTo(new PodIdentity(Pods.NAMESPACE, "p", "uid-p"));
        assertThat(pod.host()).isEqualTo("10.0.0.1");
        assertThat(pod.ports()).containsExactly(9001);
        assertThat(pod.models()).containsExactly("llama");
        assertThat(pod.engine()).isEqualTo("sglang");
        assertThat(pod.group()).isEqualTo("blue");
        assertThat(pod.ready()).isTrue();
        assertThat(pod.labels()).containsEntry("zone", "a");
        assertThat(pod.claims()).isEmpty();
    }

    @Test
    void shouldServeVllmOnPort8000WhereNothingElseIsSaid() {
        PodSpec pod = taken(Pods.serving("p", "llama", "10.0.0.1"));

        assertThat(pod.ports()).containsExactly(8000);
        assertThat(pod.engine()).isEqualTo("vllm");
        assertThat(pod.group()).isEmpty();
    }

    @Test
    void shouldTakeNamesWithASlashFromAnnotations() {
        PodSpec pod = taken(Pods.plain("p").editMetadata().addToAnnotations(PodReader.MODEL, "meta-llama/Llama-3-8B")
                .addToAnnotations(PodReader.ENGINE, "trtllm").endMetadata());

        assertThat(pod.models()).containsExactly("meta-llama/Llama-3-8B");
        assertThat(pod.engine()).isEqualTo("trtllm");
    }

    @Test
    void shouldPreferTheLabelToTheAnnotation() {
        assertThat(taken(annotated(PodReader.MODEL, "other")).models()).containsExactly("llama");
    }

    @Test
    void shouldTakeIpv6Addresses() {
        assertThat(taken(Pods.serving("p", "llama", "FD00::12")).host()).isEqualTo("fd00::12");
    }

    @Test
    void shouldMakeAnEndpointOfEachRank() {
        PodSpec pod = taken(labeled(PodReader.PORT, "9000").editSpec().addNewContainer().withName("second")
                .addNewEnv().withName(PodReader.DATA_PARALLEL).withValue("4").endEnv().endContainer().endSpec());

        assertThat(pod.ports()).containsExactly(9000, 9001, 9002, 9003);
    }

    @Test
    void shouldKeepOnlyAnnotationsThatSomebodyReads() {
        PodSpec pod = taken(Pods.serving("p", "llama", "10.0.0.1").editMetadata()
                .addToAnnotations("model.aibrix.ai/config", "{}").addToAnnotations("penstock.dev/pool", "secure")
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "x".repeat(100_000))
                .addToAnnotations("notaibrix.ai/a", "b").endMetadata());

        assertThat(pod.annotations()).containsOnlyKeys("model.aibrix.ai/config", "penstock.dev/pool");
    }

    // ---- readiness

    @Test
    void shouldNotSendToPodsThatAreNotReady() {
        assertThat(taken(Pods.serving("p", "llama", "10.0.0.1").editStatus().removeMatchingFromConditions(condition ->
                condition.getType().equals("Ready")).endStatus()).ready()).isFalse();
        assertThat(taken(Pods.serving("p", "llama", "10.0.0.1").editStatus().editMatchingCondition(condition ->
                condition.getType().equals("Ready")).withStatus("False").endCondition().endStatus()).ready()).isFalse();
        assertThat(taken(Pods.serving("p", "llama", "")).ready()).isFalse();
        assertThat(taken(Pods.serving("p", "llama", "10.0.0.1").editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z").endMetadata()).ready()).isFalse();
        assertThat(taken(annotated(PodReader.DRAINING, "true")).ready()).isFalse();
        assertThat(taken(annotated(PodReader.DRAINING, "false")).ready()).isTrue();
    }

    @Test
    void shouldKeepWhatAPodServesWhileItIsNotReady() {
        PodSpec pod = taken(labeled(PodReader.PORT, "9001").editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z").endMetadata());

        assertThat(pod.models()).containsExactly("llama");
        assertThat(pod.ports()).containsExactly(9001);
        assertThat(pod.host()).isEqualTo("10.0.0.1");
    }

    // ---- groups

    @Test
    void shouldNameTheGroupByTheFleetBeforeTheLabel() {
        assertThat(taken(labeled(FLEET, "fleet").editMetadata().addToLabels(GROUP, "kuberay").endMetadata()).group())
                .isEqualTo("fleet");
    }

    @Test
    void shouldNotNameTheGroupOfARayNodeByItsLabel() {
        PodBuilder ray = labeled(GROUP, "kuberay").editMetadata().addToLabels("ray.io/is-ray-node", "yes")
                .endMetadata();

        assertThat(taken(ray).group()).isEmpty();
        assertThat(taken(ray.editMetadata().addNewOwnerReference().withKind("RayCluster")
                .withName("qwen-coder-77d9bbd669-s68dw").endOwnerReference().endMetadata()).group())
                .isEqualTo("qwen-coder");
    }

    @Test
    void shouldNameTheGroupByTheDeploymentThatOwnsIt() {
        assertThat(taken(Pods.serving("p", "llama", "10.0.0.1").editMetadata()
                .addNewOwnerReference().withKind("Node").withName("n").endOwnerReference()
                .addNewOwnerReference().withKind("ReplicaSet").withName("llama-3-8b-5d4f8c7b9").endOwnerReference()
                .endMetadata()).group()).isEqualTo("llama-3-8b");
    }

    // ---- none of ours

    @Test
    void shouldIgnorePodsWithoutAModel() {
        assertIgnored(Pods.plain("p"));
        assertIgnored(Pods.plain("p").editMetadata().addToLabels(PodReader.PORT, "nonsense").endMetadata());
        assertIgnored(new PodBuilder());
    }

    @Test
    void shouldIgnoreWorkersOfOtherPods() {
        assertIgnored(labeled(PodReader.RAY_NODE_TYPE, "worker"));
        assertIgnored(labeled(PodReader.POD_GROUP_INDEX, "1"));
        assertThat(taken(labeled(PodReader.RAY_NODE_TYPE, "head")).ready()).isTrue();
        assertThat(taken(labeled(PodReader.POD_GROUP_INDEX, "0")).ready()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Failed", "Succeeded"})
    void shouldIgnorePodsThatHaveEnded(String phase) {
        assertIgnored(Pods.serving("p", "llama", "").editStatus().withPhase(phase).endStatus());
    }

    // ---- refused

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "http", "-1", "8000x", "99999999999"})
    void shouldRefusePodsWithABadPort(String port) {
        assertRefused(labeled(PodReader.PORT, port),
                "label model.aibrix.ai/port: expected: 1 to 65535, not \"" + port + "\"");
    }

    @ParameterizedTest
    @CsvSource({"8000, 0", "8000, -2", "8000, two", "8000, 1025", "65535, 2"})
    void shouldRefusePodsWithABadNumberOfRanks(String port, String ranks) {
        Reading<PodSpec> reading = reader.read(labeled(PodReader.PORT, port).editSpec().editFirstContainer()
                .addNewEnv().withName(PodReader.DATA_PARALLEL).withValue(ranks).endEnv().endContainer().endSpec()
                .build());

        assertThat(reading.value()).isNull();
        assertThat(reading.problems()).singleElement().asString().startsWith("environment data-parallel-size: ")
                .endsWith("not \"" + ranks + "\"");
    }

    @Test
    void shouldRefusePodsWithABadNameOrAddress() {
        assertRefused(Pods.plain("p").editMetadata().addToAnnotations(PodReader.MODEL, "a\nb").endMetadata(),
                "annotation model.aibrix.ai/name: expected: a name without spaces and control characters");
        assertRefused(Pods.serving("p", "llama", "example.com"),
                "status.podIP: expected: an IP address, not \"example.com\"");
    }

    // ---- claims

    private static PodBuilder claiming(Map<String, String> claims) {
        PodBuilder pod = Pods.plain("p");
        claims.forEach((name, json) -> pod.editMetadata().addToAnnotations(ClaimReader.PREFIX + name, json)
                .endMetadata());
        return pod;
    }

    @Test
    void shouldTakeClaims() {
        PodSpec pod = taken(claiming(Map.of(
                "a", "{\"model\":\"qwen\",\"port\":20000,\"state\":\"active\",\"wakeByRequest\":{\"x\":[1]}}",
                "b", "{\"model\":\"llama\",\"port\":0,\"state\":\"sleeping\"}",
                "c", "{\"model\":\"phi\",\"port\":0}",
                "d", "{\"model\":\"gemma\",\"port\":20001}",
                "e", "{\"model\":\"yi\",\"state\":\"failed\"}",
                "f", "{\"model\":\"glm\",\"port\":0,\"state\":\"active\"}")));

        assertThat(pod.models()).isEmpty();
        assertThat(pod.ports()).isEmpty();
        assertThat(pod.claims()).containsExactly(
                new ModelClaim("a", "qwen", 20_000, ModelClaim.State.ACTIVE),
                new ModelClaim("b", "llama", 0, ModelClaim.State.SLEEPING),
                new ModelClaim("c", "phi", 0, ModelClaim.State.ACTIVATING),
                new ModelClaim("d", "gemma", 20_001, ModelClaim.State.ACTIVE),
                new ModelClaim("e", "yi", 0, ModelClaim.State.FAILED),
                new ModelClaim("f", "glm", 0, ModelClaim.State.ACTIVATING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"port\":1}", "{\"model\":7,\"port\":1}", "{\"model\":\"\"}",
        "{\"model\":\"m\",\"port\":\"1\"}", "{\"model\":\"m\",\"port\":1.5}", "{\"model\":\"m\",\"port\":65536}",
        "{\"model\":\"m\",\"port\":-1}", "{\"model\":\"m\",\"port\":1e3}", "{\"model\":\"m\",\"state\":\"odd\"}",
        "{\"model\":\"m\"} {}", "{\"model\":\"m\",\"model\":\"n\"}", "{\"model\":\"a b\"}",
        "{\"model\":\"m\",\"port\":99999999999999999999}"})
    void shouldRefuseABadClaimAndNothingElse(String json) {
        Reading<PodSpec> reading = reader.read(Pods.serving("p", "llama", "10.0.0.1").editMetadata()
                .addToAnnotations(ClaimReader.PREFIX + "bad", json)
                .addToAnnotations(ClaimReader.PREFIX + "good", "{\"model\":\"qwen\",\"port\":20000}").endMetadata()
                .build());

        assertThat(reading.problems()).singleElement().asString()
                .startsWith("annotation \"modelclaim.aibrix.ai/bad\": ");
        PodSpec pod = Objects.requireNonNull(reading.value());
        assertThat(pod.models()).containsExactly("llama");
        assertThat(pod.claims()).extracting(ModelClaim::name).containsExactly("good");
    }

    @Test
    void shouldRefuseAClaimOfAPortThatServesAnotherModel() {
        Reading<PodSpec> reading = reader.read(Pods.serving("p", "llama", "10.0.0.1").editMetadata()
                .addToAnnotations(ClaimReader.PREFIX + "a", "{\"model\":\"qwen\",\"port\":8000}")
                .addToAnnotations(ClaimReader.PREFIX + "b", "{\"model\":\"phi\",\"port\":8001}")
                .addToAnnotations(ClaimReader.PREFIX + "c", "{\"model\":\"yi\",\"port\":8001}").endMetadata().build());

        assertThat(reading.problems()).containsExactly(
                "annotation \"modelclaim.aibrix.ai/a\": port 8000 serves another model of the pod",
                "annotation \"modelclaim.aibrix.ai/c\": port 8001 serves another model of the pod");
        assertThat(Objects.requireNonNull(reading.value()).claims()).extracting(ModelClaim::name)
                .containsExactly("b");
    }

    @Test
    void shouldBoundTheClaimsOfAPod() {
        Pod pod = claiming(IntStream.range(0, 300).boxed().collect(Collectors.toMap(i -> "c" + i,
                i -> "{\"model\":\"m" + i + "\",\"port\":0}"))).build();

        Reading<PodSpec> reading = reader.read(pod);

        assertThat(Objects.requireNonNull(reading.value()).claims()).hasSize(256);
        assertThat(reading.problems()).hasSize(44);
    }
}
