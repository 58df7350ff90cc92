package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.server.plugin.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jars that break their contract in a whole balancer, with real requests: a bad jar costs no request. */
@Timeout(90)
class BadPluginTest {

    private static final String END = "dev.penstock.test.end-of-spinning";
    private static final int CLIENTS = 4;
    private static final int REQUESTS = 60;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path plugins;

    private final TestEngine engine = new TestEngine();
    private final TestEngine another = new TestEngine();

    @BeforeEach
    void makeJars() throws IOException {
        System.clearProperty(END);
        jar("throws", "throw new IllegalStateException(\"on purpose\");");
        jar("nonsense", "context.select((Plan) null);");
        jar("twice", "context.select(context.candidates().get(0)); context.select(context.candidates().get(1));");
        jar("late", "Thread.startVirtualThread(() -> context.select(context.candidates().get(0)));");
        jar("spins", """
                if (++calls > 20) {
                    while (!Boolean.getBoolean("%s")) {
                        Thread.onSpinWait();
                    }
                }
                context.select(context.candidates().get(0));
                """.formatted(END));
        Files.writeString(plugins.resolve("broken.jar"), "broken");
    }

    private void jar(String name, String route) throws IOException {
        PluginJar.current().provider("plug.Bad", """
                public String name() { return "%s"; }
                public Router create(RouterEnvironment environment) {
                    return new Router() {
                        private int calls;
                        public void route(RoutingContext context) { %s }
                    };
                }
                """.formatted(name, route)).writeTo(plugins, name + ".jar");
    }

    @AfterEach
    void close() {
        System.setProperty(END, "true");
        engine.close();
        another.close();
    }

    private String models() {
        return "models: [{name: m, endpoints: [\"127.0.0.1:" + engine.port() + "\", \"127.0.0.1:" + another.port()
                + "\"]}]\nplugins.folder: \"" + plugins + "\"\nrouting.stall: 200ms\n";
    }

    @Test
    void shouldCostNoRequest() throws Exception {
        List<String> strategies = List.of("first", "throws", "nonsense", "spins", "late", "twice");
        try (TestBalancer balancer = TestBalancer.inline(models());
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Callable<String>> requests = new ArrayList<>();
            for (int i = 0; i < REQUESTS * strategies.size(); i++) {
                String strategy = strategies.get(i % strategies.size());
                requests.add(() -> RawChat.ask(balancer.penstock.port(), strategy));
            }

            for (Future<String> answer : clients.invokeAll(requests)) {
                assertThat(answer.get()).startsWith("HTTP/1.1 200 ").endsWith("{\"id\":\"a\"}");
            }

            JsonNode page = new ObjectMapper().readTree(balancer.admin("/admin/plugins"));
            assertThat(plugin(page, "broken.jar").path("state").asText()).isEqualTo("failed");
            assertThat(plugin(page, "broken.jar").path("reason").asText()).startsWith("broken.jar is not a jar: ");
            assertThat(plugin(page, "spins.jar").path("state").asText()).isEqualTo("quarantined");
            assertThat(plugin(page, "throws.jar").path("state").asText()).isEqualTo("loaded");
            assertThat(strategy(page, "throws").path("exceptions").asLong()).isPositive();
            assertThat(strategy(page, "throws").path("fallbacks").asLong()).isEqualTo(REQUESTS);
            assertThat(strategy(page, "nonsense").path("invalid_answers").asLong()).isPositive();
            assertThat(strategy(page, "twice").path("late_answers").asLong()).isPositive();
            assertThat(strategy(page, "spins").path("fallbacks").asLong()).isBetween(1L, (long) REQUESTS);
            assertThat(strategy(page, "first").path("fallbacks").asLong()).isZero();
            assertThat(strategy(page, "first").path("mean_us").asDouble()).isPositive();
            TestBalancer.await("ends", () -> balancer.penstock.inside().reservations() == 0);
        }
    }

    private static JsonNode plugin(JsonNode page, String name) {
        return named(page.path("plugins"), name);
    }

    private static JsonNode strategy(JsonNode page, String name) {
        return named(page.path("strategies"), name);
    }

    private static JsonNode named(JsonNode list, String name) {
        for (JsonNode one : list) {
            if (one.path("name").asText().equals(name)) {
                return one;
            }
        }
        throw new AssertionError("no " + name + " in " + list);
    }

    // ---- what the configuration names must be there

    private static Penstock.Builder configured(String yaml) {
        return TestBalancer.builder().config("p.yaml", yaml);
    }

    @Test
    void shouldNotStartWhereAModelNamesTheStrategyOfAJarThatFailed() {
        String yaml = "models: [{name: m, endpoints: [\"127.0.0.1:1\"], strategy: wanted}]\nplugins.folder: \""
                + plugins + "\"\n";

        assertThatThrownBy(() -> configured(yaml).start()).isInstanceOfSatisfying(InvalidSettingsException.class,
                e -> assertThat(e.errors()).anyMatch(error -> error.startsWith("model m: strategy wanted "))
                        .anyMatch(error -> error.startsWith("plugin broken.jar: broken.jar is not a jar")));
    }

    @Test
    void shouldNameTheLineOfASettingThatIsWrong() {
        String yaml = models() + "routers:\n  throws:\n    speed: 1\n  gone.size: 1\n";

        assertThatThrownBy(() -> configured(yaml).start()).isInstanceOfSatisfying(InvalidSettingsException.class,
                e -> assertThat(e.errors()).contains("p.yaml:6: routers.throws.speed: unknown setting (it has none)")
                        .anyMatch(error -> error.startsWith("p.yaml:7: routers.gone: no such strategy (known: ")));
    }
}
