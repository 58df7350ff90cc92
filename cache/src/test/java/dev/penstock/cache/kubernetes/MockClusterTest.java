package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.client.Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The suite against the mock server. */
class MockClusterTest extends ClusterSuite {

    private MockCluster cluster;

    @BeforeEach
    @Override
    void begin() {
        cluster = MockCluster.start(0);
        super.begin();
    }

    @AfterEach
    @Override
    void end() {
        super.end();
        cluster.close();
    }

    @Override
    Config administrator() {
        return cluster.config();
    }
}
