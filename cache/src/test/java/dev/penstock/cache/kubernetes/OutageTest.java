package dev.penstock.cache.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with an API server, over real connections. */
@Timeout(60)
class OutageTest {

    private static final String LIST = "/api/v1/namespaces/" + Pods.NAMESPACE + "/pods?limit=500";
    /** The mock server closes a connection on which it waits for nothing. */
    private static final String NEVER = "never";
    private static final Map<String, String> PODS_ONLY = Map.of("kubernetes.enabled", "true",
            "kubernetes.namespaces", Pods.NAMESPACE, "kubernetes.model-adapters", "off");

    @TempDir
    private Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.add(part);
        return part;
    }

    private DrivenDiscovery discovery(Config config) {
        return opened(new DrivenDiscovery(ClusterSuite.settings(PODS_ONLY), config, Metrics.NONE));
    }

    // ---- a server that only says what it was told to say

    private KubernetesMockServer scripted() {
        KubernetesMockServer server = new KubernetesMockServer(false);
        server.init(InetAddress.getLoopbackAddress(), 0);
        open.add(server::destroy);
        return server;
    }

    private static Config config(KubernetesMockServer server) {
        return new ConfigBuilder(Config.empty()).withMasterUrl("http://127.0.0.1:" + server.getPort() + "/").build();
    }

    private static String watch(String version) {
        return "/api/v1/namespaces/" + Pods.NAMESPACE + "/pods?allowWatchBookmarks=true&resourceVersion=" + version
                + "&timeoutSeconds=600&watch=true";
    }

    private static Object list(String version, Pod... pods) {
        return new PodListBuilder().withNewMetadata().withResourceVersion(version).endMetadata()
                .withItems(Arrays.asList(pods)).build();
    }

    private static Object adapters(String version, GenericKubernetesResource... adapters) {
        GenericKubernetesResourceList list = new GenericKubernetesResourceList();
        list.setApiVersion("model.aibrix.ai/v1alpha1");
        list.setKind("ModelAdapterList");
        list.setMetadata(new ListMetaBuilder().withResourceVersion(version).build());
        list.setItems(Arrays.asList(adapters));
        return list;
    }

    private static Pod pod(String name, String version) {
        return Pods.serving(name, "llama", "10.0.0.1").editMetadata().withResourceVersion(version).endMetadata()
                .build();
    }

    private static WatchEvent bookmark(String version) {
        return new WatchEvent(new PodBuilder().withNewMetadata()
                .withResourceVersion(version).endMetadata().build(), "BOOKMARK");
    }

    @Test
    void shouldListAgainWhenTheServerHasForgottenTheVersion() {
        KubernetesMockServer server = scripted();
        server.expect().get().withPath(LIST).andReturn(200, list("1", pod("a", "1"), pod("ghost", "1"))).once();
        server.expect().get().withPath(LIST).andReturn(200, list("50", pod("a", "40"), pod("b", "50"))).always();
        server.expect().get().withPath(watch("1")).andUpgradeToWebSocket().open().immediately()
                .andEmit(new WatchEvent(new StatusBuilder().withCode(410).withReason("Expired")
                        .withMessage("too old resource version: 1 (50)").build(), "ERROR")).done().always();
        server.expect().get().withPath(watch("50")).andUpgradeToWebSocket().open()
                .expect(NEVER).andEmit(NEVER).always().done().always();
        DrivenDiscovery driven = discovery(config(server));

        driven.until("b instead of the ghost", Duration.ofMillis(10), () -> driven.serves("llama")
                && driven.names("llama").equals(List.of("a", "b")));

        assertThat(driven.discovery.state().good()).isTrue();
    }

    @Test
    void shouldTakeBookmarksAndGiveUpASilentServer() {
        KubernetesMockServer server = scripted();
        server.expect().get().withPath(LIST).andReturn(200, list("1", pod("a", "1"))).once();
        server.expect().get().withPath(LIST).andReturn(200, list("9", pod("b", "8"))).always();
        server.expect().get().withPath(watch("1")).andUpgradeToWebSocket().open().immediately()
                .andEmit(bookmark("5")).expect(NEVER).andEmit(NEVER).always().done().always();
        server.expect().get().withPath(watch("9")).andUpgradeToWebSocket().open()
                .expect(NEVER).andEmit(NEVER).always().done().always();
        DrivenDiscovery driven = discovery(config(server));
        driven.until("a", () -> driven.ready("llama") == 1);
        long listed = driven.discovery.state().goodNanos();
        driven.clock.advance(Duration.ofMinutes(1));

        driven.until("the bookmark", () -> driven.discovery.state().goodNanos() > listed);
        assertThat(driven.names("llama")).containsExactly("a");
        driven.clock.advance(Duration.ofMinutes(3));

        driven.until("what was missed", Duration.ofMillis(10), () -> driven.names("llama").equals(List.of("b")));
    }

    @Test
    void shouldSayWhyItIsRefused() {
        KubernetesMockServer server = scripted();
        server.expect().get().withPath(LIST).andReturn(403, new StatusBuilder().withCode(403).withReason("Forbidden")
                .withMessage("pods is forbidden: User \"penstock\" cannot list").build()).times(3);
        server.expect().get().withPath(LIST).andReturn(200, list("1", pod("a", "1"))).always();
        server.expect().get().withPath(watch("1")).andUpgradeToWebSocket().open()
                .expect(NEVER).andEmit(NEVER).always().done().always();
        DrivenDiscovery driven = discovery(config(server));

        driven.until("the reason", () -> driven.complains("pods is forbidden"));
        assertThat(driven.discovery.awaited()).isEqualTo("waiting for Kubernetes: pods of namespace engines: "
                + "403 pods is forbidden: User \"penstock\" cannot list");
        assertThat(driven.discovery.state().failures()).isPositive();

        driven.until("the pod", Duration.ofMillis(100), () -> driven.serves("llama"));
        driven.until("no reason", Duration.ofMillis(100),
                () -> driven.discovery.awaited() == null && driven.discovery.state().good());
    }

    @Test
    void shouldLiveWithoutAdaptersWhereTheClusterKnowsNone() {
        KubernetesMockServer server = scripted();
        server.expect().get().withPath("/api/v1/pods?limit=500").andReturn(200, list("1", pod("a", "1"))).always();
        String adapters = "/apis/model.aibrix.ai/v1alpha1/modeladapters?limit=500";
        server.expect().get().withPath(adapters).andReturn(404, new StatusBuilder().withCode(404)
                .withMessage("the server could not find it").build()).once();
        server.expect().get().withPath(adapters).andReturn(200, adapters("3", Pods.adapter("lora", "a"))).always();
        DrivenDiscovery driven = opened(new DrivenDiscovery(ClusterSuite.settings(Map.of()), config(server),
                Metrics.NONE));

        driven.until("all of it", () -> driven.discovery.awaited() == null);
        assertThat(driven.discovery.state().errors()).noneMatch(error -> error.toString().contains("modeladapters"));
        driven.clock.advance(Duration.ofMinutes(5));
        driven.until("the adapter that there is now", () -> driven.ready("lora") == 1);
    }

    // ---- rotation of tokens

    @Test
    void shouldReadTheTokenOfAKubeconfigFileAgain() {
        KubernetesMockServer server = scripted();
        Path kubeconfig = folder.resolve("kubeconfig");
        writeKubeconfig(kubeconfig, server.getPort(), "first");

        assertFollowsTheToken(server, Map.of("kubernetes.kubeconfig", kubeconfig.toString()),
                () -> writeKubeconfig(kubeconfig, server.getPort(), "second"));
    }

    @Test
    void shouldReadTheTokenOfTheServiceAccountAgain() {
        KubernetesMockServer server = scripted();
        Path token = folder.resolve("token");
        write(token, "first");
        Map<String, String> inCluster = Map.of(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false",
                Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY, token.toString(),
                Config.KUBERNETES_MASTER_SYSTEM_PROPERTY, "http://127.0.0.1:" + server.getPort() + "/");
        inCluster.forEach(System::setProperty);
        try {
            assertFollowsTheToken(server, Map.of(), () -> write(token, "second"));
        } finally {
            inCluster.keySet().forEach(System::clearProperty);
        }
    }

    private void assertFollowsTheToken(KubernetesMockServer server, Map<String, String> where, Runnable rotation) {
        List<String> tokens = new CopyOnWriteArrayList<>();
        server.expect().get().withPath(LIST).andReply(new TokenCheck(tokens, rotation)).always();
        server.expect().get().withPath(watch("1")).andUpgradeToWebSocket().open()
                .expect(NEVER).andEmit(NEVER).always().done().always();
        DrivenDiscovery driven = discovery(ApiServer.config(ClusterSuite.settings(where)));
        driven.until("the first list", () -> driven.serves("llama"));

        // From now on the server takes the second token only.
        driven.clock.advance(Duration.ofMinutes(5));
        driven.until("the second list", Duration.ofMillis(10), () -> tokens.contains("Bearer second 200"));

        driven.until("no problem", () -> driven.discovery.state().good());
        assertThat(tokens).startsWith("Bearer first 200", "Bearer first 401", "Bearer second 200");
    }

    private static void writeKubeconfig(Path file, int port, String token) {
        write(file, """
                apiVersion: v1
                kind: Config
                current-context: one
                contexts: [{name: one, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: %s}}]
                """.formatted(port, token));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- a server that is not there

    @Test
    void shouldWaitForAServerThatIsAwayAtTheStart() throws IOException {
        int port = freePort();
        DrivenDiscovery driven = discovery(new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + port + "/").build());
        driven.until("a reason", Duration.ofMillis(100), () -> driven.complains("cannot connect"));
        assertThat(driven.discovery.awaited())
                .startsWith("waiting for Kubernetes: pods of namespace engines: cannot connect");
        assertThat(driven.fleet().modelCount()).isZero();

        MockCluster cluster = opened(MockCluster.start(port));
        create(cluster, "a");

        driven.until("the pod", Duration.ofMillis(100), () -> driven.ready("llama") == 1);
        driven.until("no reason", () -> driven.discovery.awaited() == null);
    }

    @Test
    void shouldKeepTheFleetWhileTheServerRestarts() {
        MockCluster before = MockCluster.start(0);
        create(before, "a");
        create(before, "ghost");
        DrivenDiscovery driven = discovery(before.config());
        driven.until("both", () -> driven.ready("llama") == 2);
        int slot = driven.endpoint("llama", "a").slot();
        int port = before.server().getPort();

        before.close();
        driven.until("that it is away", Duration.ofMillis(100), () -> driven.complains("cannot connect"));
        assertThat(driven.ready("llama")).isEqualTo(2);
        assertThat(driven.discovery.awaited()).isNull();
        // It may be told at once, before any time has passed.
        driven.clock.advance(Duration.ofSeconds(1));
        driven.discovery.doWork();
        assertThat(driven.clock.nanoTime()).isGreaterThan(driven.discovery.state().goodNanos());

        before.forget("/api/v1/namespaces/" + Pods.NAMESPACE + "/pods/ghost");
        MockCluster after = opened(before.restart(port));
        driven.until("one", Duration.ofMillis(100), () -> driven.names("llama").equals(List.of("a")));
        assertThat(driven.endpoint("llama").slot()).isEqualTo(slot);
        create(after, "c");
        driven.until("that it watches again", Duration.ofMillis(10), () -> driven.ready("llama") == 2);
        driven.until("that all is well", () -> driven.discovery.state().good());
    }

    @Test
    void shouldGiveUpAServerThatAcceptsAndNeverAnswers() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> acceptAll(mute));
            DrivenDiscovery driven = discovery(new ConfigBuilder(Config.empty())
                    .withMasterUrl("http://127.0.0.1:" + mute.getLocalPort() + "/").build());

            driven.until("the timeout", Duration.ofSeconds(1), () -> driven.complains("no answer within 30s"));
        }
    }

    private void acceptAll(ServerSocket mute) {
        List<Socket> accepted = new ArrayList<>();
        try {
            while (true) {
                accepted.add(mute.accept());
            }
        } catch (IOException e) {
            // The test has ended.
            for (Socket each : accepted) {
                try {
                    each.close();
                } catch (IOException closing) {
                    throw new AssertionError(closing);
                }
            }
        }
    }

    private static void create(MockCluster cluster, String name) {
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(cluster.config()).build()) {
            client.pods().inNamespace(Pods.NAMESPACE)
                    .resource(Pods.serving(name, "llama", "10.0.0.1").build()).create();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
