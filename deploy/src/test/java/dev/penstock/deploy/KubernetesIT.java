package dev.penstock.deploy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The distribution has all that discovery in Kubernetes needs: the client's libraries are in lib. */
@Timeout(60)
final class KubernetesIT {

    @Test
    void shouldFindPodsOfKubernetes(@TempDir Path folder) throws Exception {
        try (ApiServerStub server = ApiServerStub.start();
                RunningPenstock running = RunningPenstock.serve(server.configuration(folder))) {
            running.awaitInSnapshot("engine-0", "engine-1", "from-kubernetes", "adapter-from-kubernetes");
        }
    }
}
