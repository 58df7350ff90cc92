package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A balancer whose models come from Kubernetes. */
@Timeout(60)
class KubernetesDiscoveryTest {

    private static final String PODS = """
            {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [
              {"metadata": {"name": "p", "namespace": "ns", "uid": "u",
                            "labels": {"model.aibrix.ai/name": "m", "model.aibrix.ai/port": "PORT"}},
               "status": {"podIP": "127.0.0.1", "conditions": [{"type": "Ready", "status": "True"}]}},
              {"metadata": {"name": "bad", "namespace": "ns", "uid": "v",
                            "labels": {"model.aibrix.ai/name": "m", "model.aibrix.ai/port": "http"}},
               "status": {"podIP": "127.0.0.1", "conditions": [{"type": "Ready", "status": "True"}]}}]}
            """;

    @TempDir
    private Path folder;
    private final AtomicInteger asked = new AtomicInteger();

    private Path kubeconfig(int port) throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: one
                contexts: [{name: one, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: secret}}]
                """.formatted(port));
    }

    /** An API server that lists pods and lets nobody watch. */
    private HttpServer apiServer(int port, int enginePort) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            boolean lists = exchange.getRequestURI().toString().startsWith("/api/v1/pods?limit");
            String pods = PODS.replace("PORT", Integer.toString(enginePort));
            byte[] body = (lists ? pods : "{}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(lists ? 200 : 404, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        return server;
    }

    private static String yaml(Path kubeconfig) {
        return "kubernetes: {enabled: true, kubeconfig: \"" + kubeconfig + "\"}\n";
    }

    @Test
    void shouldWaitForTheApiServerAndThenServe() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (TestEngine engine = new TestEngine();
                TestBalancer balancer = TestBalancer.inline(yaml(kubeconfig(port)))) {
            TestBalancer.await("a reason", () -> balancer.admin("/readyz")
                    .startsWith("not ready: waiting for Kubernetes: pods: cannot connect"));
            assertThat(balancer.penstock.awaitReady(Duration.ZERO)).isFalse();
            assertThat(balancer.chat().statusCode()).isEqualTo(400);

            HttpServer server = apiServer(port, engine.port());
            try {
                assertThat(balancer.penstock.awaitReady(Duration.ofSeconds(40))).isTrue();
                assertThat(balancer.chat().statusCode()).isEqualTo(200);
            } finally {
                server.stop(0);
            }
            // The server is gone again, the fleet is not.
            assertThat(balancer.admin("/readyz")).isEqualTo("ready\n");
            assertThat(balancer.chat().statusCode()).isEqualTo(200);
            assertThat(balancer.admin("/admin/snapshot"))
                    .contains("pods ns/bad: label model.aibrix.ai/port: expected: 1 to 65535");
            assertThat(balancer.admin("/metrics")).contains("penstock_discovery_age_seconds{source=\"kubernetes\"}",
                    "penstock_kubernetes_refused{kind=\"pods\"} 1");
        }
    }

    @Test
    void shouldCheckWithoutAskingAnybody() throws IOException {
        HttpServer server = apiServer(0, 1);
        try {
            Penstock.Checked good = TestBalancer.builder()
                    .config("inline", yaml(kubeconfig(server.getAddress().getPort()))).check();

            assertThat(good.problems()).isEmpty();
            assertThat(good.summary()).startsWith("models: 0 and those of Kubernetes; strategy first");
            assertThat(asked).hasValue(0);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldMissTheKubeconfigFileAtOnce() {
        Path missing = folder.resolve("missing");

        assertThat(TestBalancer.builder().config("inline", yaml(missing)).check().problems())
                .containsExactly("kubernetes.kubeconfig: " + missing + ": cannot be read");
    }
}
