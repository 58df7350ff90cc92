package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.Durations;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.server.Penstock;
import dev.penstock.server.config.ConfigFile;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.config.ShutdownSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The manifests fit each other, the image and the settings. */
final class KubernetesTest {
    private static final Path FILE = Path.of("kubernetes/penstock.yaml");

    private Map<String, Node> byKind = Map.of();

    /** A place in a manifest. */
    private record Node(Object value) {
        Node at(Object... path) {
            Object now = value;
            for (Object step : path) {
                now = step instanceof Integer index ? ((List<?>) now).get(index) : ((Map<?, ?>) now).get(step);
                assertThat(now).as("%s in %s", step, List.of(path)).isNotNull();
            }
            return new Node(now);
        }

        String text() {
            return String.valueOf(value);
        }

        long number() {
            return ((Number) value).longValue();
        }
    }

    @BeforeEach
    void read() throws IOException {
        byKind = byKind(FILE);
    }

    private static Map<String, Node> byKind(Path file) throws IOException {
        Iterable<Object> documents = new Load(LoadSettings.builder().build())
                .loadAllFromString(Files.readString(file));
        return StreamSupport.stream(documents.spliterator(), false).map(Node::new)
                .collect(Collectors.toMap(node -> node.at("kind").text(), Function.identity()));
    }

    private Node kind(String name) {
        assertThat(byKind).containsKey(name);
        return byKind.get(name);
    }

    private Node pod() {
        return kind("Deployment").at("spec", "template", "spec");
    }

    private Node container() {
        return pod().at("containers", 0);
    }

    private String configuration() {
        return kind("ConfigMap").at("data", "penstock.yaml").text();
    }

    @Test
    void shouldHoldAConfigurationThatIsGood() {
        Penstock.Checked checked = Penstock.builder().config("penstock.yaml", configuration())
                .home(Path.of("src/main/dist").toAbsolutePath()).check();

        assertThat(checked.problems()).isEmpty();
    }

    @Test
    void shouldLeaveMoreTimeThanDrainingTakes() {
        Map<String, Source> settings = ConfigFile.parse("penstock.yaml", configuration()).settings();
        long grace = Durations.nanos(settings.get(ShutdownSettings.GRACE.name()).text());
        long delay = Durations.nanos(settings.get(ShutdownSettings.DELAY.name()).text());

        assertThat(pod().at("terminationGracePeriodSeconds").number())
                .isGreaterThanOrEqualTo(TimeUnit.NANOSECONDS.toSeconds(grace) + 15);
        assertThat(delay).isLessThanOrEqualTo(grace / 2);
        // Long enough for a failed probe to be seen and for the endpoints to be told.
        assertThat(TimeUnit.NANOSECONDS.toSeconds(delay)).isGreaterThan(
                container().at("readinessProbe", "periodSeconds").number() + 5);
    }

    @Test
    void shouldProbeThePagesThatThereAre() {
        assertThat(container().at("readinessProbe", "httpGet", "path").text()).isEqualTo("/readyz");
        assertThat(container().at("startupProbe", "httpGet", "path").text()).isEqualTo("/healthz");
        assertThat(container().at("livenessProbe", "httpGet", "path").text()).isEqualTo("/healthz");
        assertThat(container().at("ports", 0, "containerPort").text())
                .isEqualTo(ServerSettings.PORT.defaultText());
        assertThat(container().at("ports", 1, "containerPort").text())
                .isEqualTo(ServerSettings.ADMIN_PORT.defaultText());
        assertThat(container().at("readinessProbe", "httpGet", "port").text())
                .isEqualTo(container().at("ports", 1, "name").text());
    }

    @Test
    void shouldRunWithTheLeastRights() {
        assertThat(pod().at("securityContext", "runAsNonRoot").value()).isEqualTo(true);
        assertThat(pod().at("securityContext", "runAsUser").number()).isEqualTo(65532);
        assertThat(container().at("securityContext", "readOnlyRootFilesystem").value()).isEqualTo(true);
        assertThat(container().at("securityContext", "allowPrivilegeEscalation").value()).isEqualTo(false);
        assertThat(container().at("securityContext", "capabilities", "drop").value()).isEqualTo(List.of("ALL"));
        assertThat(kind("ServiceAccount").at("automountServiceAccountToken").value()).isEqualTo(false);
    }

    @Test
    void shouldAskTheApiServerForNothingButPodsAndAdapters() throws IOException {
        List<Map<String, Object>> rights = List.of(
                Map.of("apiGroups", List.of(""), "resources", List.of("pods"), "verbs", List.of("list", "watch")),
                Map.of("apiGroups", List.of("model.aibrix.ai"), "resources", List.of("modeladapters"),
                        "verbs", List.of("list", "watch")));
        Map<String, Node> one = byKind(Path.of("kubernetes/role.yaml"));

        assertThat(kind("ClusterRole").at("rules").value()).isEqualTo(rights);
        assertThat(one.get("Role").at("rules").value()).isEqualTo(rights);
        assertThat(kind("ClusterRoleBinding").at("roleRef", "name").value())
                .isEqualTo(kind("ClusterRole").at("metadata", "name").value());
        assertThat(one.get("RoleBinding").at("roleRef", "name").value())
                .isEqualTo(one.get("Role").at("metadata", "name").value());
        for (Node binding : List.of(kind("ClusterRoleBinding"), one.get("RoleBinding"))) {
            assertThat(binding.at("subjects", 0, "name").value())
                    .isEqualTo(kind("ServiceAccount").at("metadata", "name").value())
                    .isEqualTo(pod().at("serviceAccountName").value());
        }
        assertThat(byKind).doesNotContainKeys("Role", "RoleBinding");
        assertThat(one).containsOnlyKeys("Role", "RoleBinding");
    }

    @Test
    void shouldSelectItsOwnPods() {
        Object labels = kind("Deployment").at("spec", "template", "metadata", "labels").value();
        assertThat(kind("Deployment").at("spec", "selector", "matchLabels").value()).isEqualTo(labels);
        assertThat(kind("Service").at("spec", "selector").value()).isEqualTo(labels);
        assertThat(kind("PodDisruptionBudget").at("spec", "selector", "matchLabels").value()).isEqualTo(labels);
    }
}
