package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.util.HashMap;

/**
 * An API server on loopback that remembers what it is told.
 *
 * @param server the server
 * @param memory what it remembers
 */
record MockCluster(KubernetesMockServer server, KubernetesCrudDispatcher memory) implements AutoCloseable {

    /** Starts one; port 0 takes a free one. */
    static MockCluster start(int port) {
        return start(port, new KubernetesCrudDispatcher());
    }

    private static MockCluster start(int port, KubernetesCrudDispatcher memory) {
        KubernetesMockServer server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(),
                memory, false);
        server.init(InetAddress.getLoopbackAddress(), port);
        server.expectCustomResource(new CustomResourceDefinitionContext.Builder().withGroup("model.aibrix.ai")
                .withVersion("v1alpha1").withPlural("modeladapters").withKind("ModelAdapter").withScope("Namespaced")
                .build());
        return new MockCluster(server, memory);
    }

    /** Starts it again, after it was closed, with what it remembers. */
    MockCluster restart(int port) {
        return start(port, memory);
    }

    /** Forgets an object while nobody can ask. */
    void forget(String path) {
        memory.dispatch(new RecordedRequest("HTTP/1.1", HttpMethod.DELETE, path, Headers.builder().build(),
                new Buffer()));
    }

    String url() {
        return "http://127.0.0.1:" + server.getPort() + "/";
    }

    Config config() {
        return new ConfigBuilder(Config.empty()).withMasterUrl(url()).build();
    }

    @Override
    public void close() {
        server.destroy();
    }
}
