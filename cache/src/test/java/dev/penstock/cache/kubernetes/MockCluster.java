package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.util.HashMap;

/** An API server on loopback that remembers what it is told. */
record MockCluster(KubernetesMockServer server) implements AutoCloseable {

    /** Starts one; port 0 takes a free one. */
    static MockCluster start(int port) {
        KubernetesMockServer server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(),
                new KubernetesCrudDispatcher(), false);
        server.init(InetAddress.getLoopbackAddress(), port);
        server.expectCustomResource(new CustomResourceDefinitionContext.Builder().withGroup("model.aibrix.ai")
                .withVersion("v1alpha1").withPlural("modeladapters").withKind("ModelAdapter").withScope("Namespaced")
                .build());
        return new MockCluster(server);
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
