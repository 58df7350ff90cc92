package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** GPU profiles from their file to a router, with real requests. */
@Timeout(60)
class GpuProfilesTest {

    private static final String PROFILE = "{model: m, gpu: a100, indexes: [[1], [1]], tputs: [[4]], e2e: [[0.5]]}";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    /** Tells what it sees in a header. */
    private static final class Telling implements RouterProvider {
        @Override
        public String name() {
            return "telling";
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return context -> {
                PodView pod = context.candidates().get(0);
                context.responseHeader("x-told", told(environment, context, pod));
                context.select(pod);
            };
        }

        private static String told(RouterEnvironment environment, RoutingContext context, PodView pod) {
            GpuProfile profile = environment.gpuProfile("m", pod.group());
            String share = profile == null ? "none"
                    : Double.toString(profile.consumption(context.predictedOutputTokens(), context.promptTokens()));
            return share + " " + environment.load().pendingLoad(pod);
        }
    }

    private String config(Path file) {
        return "models: [{name: m, endpoints: [{address: \"127.0.0.1:" + engine.port() + "\", group: a100}]}]\n"
                + "gpu-profiles.file: \"" + file + "\"\ngpu-profiles.interval: 20ms\n";
    }

    private static String admin(HttpClient client, Penstock penstock) {
        try {
            return client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + penstock.adminPort()
                    + "/admin/gpu-profiles")).build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldShowRoutersWhatTheFileSaysNow() throws IOException {
        Path file = Files.writeString(directory.resolve("profiles.yaml"), "[]");
        try (Penstock penstock = TestBalancer.builder().provider(new Telling()).config("inline", config(file)).start();
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(RawChat.ask(penstock.port(), "telling")).contains("x-told: none NaN\r\n");
            assertThat(admin(client, penstock)).doesNotContain("a100");

            Files.writeString(file, PROFILE);
            TestBalancer.await("the profile", () -> admin(client, penstock).contains("a100"));

            for (int i = 0; i < 3; i++) {
                assertThat(RawChat.ask(penstock.port(), "telling")).as("what ended takes nothing")
                        .contains("x-told: 0.5 0.0\r\n");
                TestBalancer.await("its end", () -> penstock.inside().reservations() == 0);
            }

            Files.writeString(file, "[");
            TestBalancer.await("the error", () -> admin(client, penstock).contains("not YAML"));
            assertThat(RawChat.ask(penstock.port(), "telling")).contains("x-told: 0.5 0.0\r\n");
        }
    }

    @Test
    void shouldNotStartWithAFileThatIsWrong() throws IOException {
        Path file = Files.writeString(directory.resolve("profiles.yaml"), "{model: m}");
        Penstock.Builder builder = TestBalancer.builder().config("inline", config(file));
        assertThatThrownBy(builder::start).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(file + ":1:1: profile: gpu is missing");
        assertThat(builder.check().problems()).contains(file + ":1:1: profile: gpu is missing");
    }
}
