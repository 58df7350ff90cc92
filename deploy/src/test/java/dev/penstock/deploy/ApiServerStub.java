package dev.penstock.deploy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * As much of Kubernetes' API server as discovery asks for, on loopback: one pod in the list, another that comes by a
 * watch over plain HTTP, an adapter. WebSockets it refuses, as a proxy may.
 */
final class ApiServerStub implements AutoCloseable {
    private static final String POD = """
            {"kind": "Pod", "apiVersion": "v1",
              "metadata": {"name": "%1$s", "namespace": "default", "uid": "u-%1$s", "resourceVersion": "%2$d",
                "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"model.aibrix.ai/name": "from-kubernetes"}},
              "spec": {"containers": [{"name": "engine", "image": "engine", "resources": {"limits": {"cpu": "1"}},
                "ports": [{"containerPort": 8000}], "livenessProbe": {"httpGet": {"path": "/health", "port": "http"}}}],
                "volumes": [{"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}]},
              "status": {"phase": "Running", "podIP": "127.0.0.1", "startTime": "2026-01-01T00:00:00Z",
                "conditions": [{"type": "Ready", "status": "True"}]}}""";
    private static final String ADDED =
            "{\"type\": \"ADDED\", \"object\": " + POD.formatted("engine-1", 11).replace('\n', ' ') + "}\n";
    private static final String ADAPTER = """
            {"kind": "ModelAdapter", "apiVersion": "model.aibrix.ai/v1alpha1",
              "metadata": {"name": "adapter-from-kubernetes", "namespace": "default", "uid": "u-a"},
              "spec": {"baseModel": "from-kubernetes"}, "status": {"instances": ["engine-0"]}}""";
    private static final String LIST = """
            {"kind": "%sList", "apiVersion": "%s", "metadata": {"resourceVersion": "10"}, "items": [%s]}""";
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);

    private ApiServerStub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    static ApiServerStub start() throws IOException {
        return new ApiServerStub();
    }

    /** Writes a configuration of Penstock that finds its pods here. */
    Path configuration(Path folder) throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: here
                clusters: [{name: here, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: here, context: {cluster: here, user: me, namespace: default}}]
                users: [{name: me, user: {token: secret}}]
                """.formatted(server.getAddress().getPort()));
        return Files.writeString(folder.resolve("penstock.yaml"),
                "kubernetes:\n  enabled: true\n  kubeconfig: " + kubeconfig + "\n");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String asked = String.valueOf(exchange.getRequestURI());
        if (exchange.getRequestHeaders().containsKey("Sec-WebSocket-Key")) {
            send(exchange, UNAVAILABLE, "{}");
        } else if (asked.contains("watch=")) {
            watch(exchange, asked.startsWith("/api/v1/pods") ? ADDED : "");
        } else if (asked.startsWith("/api/v1/pods")) {
            send(exchange, 200, LIST.formatted("Pod", "v1", POD.formatted("engine-0", 9)));
        } else if (asked.contains("/modeladapters")) {
            send(exchange, 200, LIST.formatted("ModelAdapter", "model.aibrix.ai/v1alpha1", ADAPTER));
        } else {
            send(exchange, NOT_FOUND, "{}");
        }
    }

    private void watch(HttpExchange exchange, String events) throws IOException {
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(events.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
