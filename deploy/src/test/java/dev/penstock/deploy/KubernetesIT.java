package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution has all that discovery in Kubernetes needs: the client's libraries are in lib. */
@Timeout(60)
final class KubernetesIT {
    private static final String PODS = """
            {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "10"}, "items": [{
              "metadata": {"name": "engine-0", "namespace": "default", "uid": "u-0", "resourceVersion": "9",
                "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"model.aibrix.ai/name": "from-kubernetes"}},
              "spec": {"containers": [{"name": "engine", "image": "engine", "resources": {"limits": {"cpu": "1"}}}]},
              "status": {"phase": "Running", "podIP": "127.0.0.1",
                "conditions": [{"type": "Ready", "status": "True"}]}}]}""";
    private static final int NOT_FOUND = 404;

    @Test
    void shouldFindPodsOfKubernetes(@TempDir Path folder) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", KubernetesIT::answer);
        server.start();
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: here
                clusters: [{name: here, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: here, context: {cluster: here, user: me, namespace: default}}]
                users: [{name: me, user: {token: secret}}]
                """.formatted(server.getAddress().getPort()));
        Path configuration = Files.writeString(folder.resolve("penstock.yaml"),
                "kubernetes:\n  enabled: true\n  kubeconfig: " + kubeconfig + "\n");

        try (RunningPenstock running = RunningPenstock.serve(configuration)) {
            assertThat(running.admin("/admin/snapshot").body()).contains("engine-0", "from-kubernetes");
        } finally {
            server.stop(0);
        }
    }

    /** Lists of pods; watches and all else it does not know. */
    private static void answer(HttpExchange exchange) throws IOException {
        String asked = String.valueOf(exchange.getRequestURI());
        boolean known = asked.startsWith("/api/v1/pods") && !asked.contains("watch=");
        byte[] body = (known ? PODS : "{}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(known ? 200 : NOT_FOUND, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
