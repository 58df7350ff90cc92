package dev.penstock.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.engine.Pipeline;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.engine.StrategyFigures;
import dev.penstock.core.port.Figures;
import dev.penstock.core.port.Health;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.metrics.PrometheusMetrics;
import dev.penstock.server.plugin.Pipelines;
import dev.penstock.server.plugin.Plugin;
import dev.penstock.server.plugin.Strategies;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeHealth;
import dev.penstock.testkit.FakeLoad;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AdminServerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Gauge GAUGE = Gauge.KV_CACHE_USAGE;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Readiness readiness = new Readiness(List.of("fleet", "warm-up"));
    private final PrometheusMetrics metrics = new PrometheusMetrics();
    private final FakeFleet fleet = new FakeFleet().add("a", "b");
    private final FakeLoad load = new FakeLoad();
    private final Figures figures = EngineParts.figures(load);
    private final FakeHealth health = new FakeHealth();
    private final List<String> errors = new ArrayList<>();
    private static final RouterProvider PROVIDER = new RouterProvider() {
        @Override
        public String name() {
            return "good";
        }

        @Override
        public Router create(RouterEnvironment environment) {
            throw new UnsupportedOperationException();
        }
    };
    private static final StrategyFigures.Now NOTHING_YET = new StrategyFigures.Now(0, 0, 0, 0, 0, 0, 0, 0, 0);
    private static final Map<String, StrategyFigures.Now> FIGURES = Map.of("chat", NOTHING_YET, "good",
            new StrategyFigures.Now(1, 130, 2, 3, 5, 4, 2, 5_000, 4_500));
    private final Set<String> quarantined = new TreeSet<>();
    private double age = 1.5;

    @SuppressWarnings("NullAway.Init") // set before each test
    private AdminServer server;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HttpClient client;

    @BeforeEach
    void start() {
        Settings settings = Settings.conclude(ServerSettings.all(), Map.of("listen.port", new Source("81", "p.yaml:3")),
                Map.of(), Map.of());
        Map<String, AdminPage> pages = new LinkedHashMap<>();
        pages.put("/healthz", AdminPages.health());
        pages.put("/readyz", AdminPages.readiness(readiness));
        pages.put("/metrics", AdminPages.metrics(metrics));
        pages.put("/admin/config", AdminPages.config(() -> settings, () -> errors));
        pages.put("/admin/snapshot", new SnapshotPage(new SnapshotPage.Witnesses(EngineParts.snapshots(fleet), figures,
                health, new FixedTimes(), endpoint -> null,
                () -> List.of(new SnapshotPage.Source("p.yaml", age, errors)))));
        pages.put("/admin/plugins", AdminPages.plugins(plugins(), strategies(), pipelines(), FIGURES::get,
                () -> quarantined));
        pages.put("/broken", query -> {
            throw new IllegalStateException("no luck");
        });
        AdminSite site = AdminSite.of(pages).posting("/later", request -> CompletableFuture.supplyAsync(
                () -> AdminPage.Reply.text(200, request.body().length + " bytes, " + request.headers().apply("x-a")),
                CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)))
                .posting("/fails", request -> CompletableFuture.failedFuture(new IllegalStateException("no luck")));
        server = new AdminServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), site);
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private static List<Plugin> plugins() {
        return List.of(new Plugin("good.jar", "2.1", "1.0", List.of(PROVIDER), null, null),
                new Plugin("bad.jar", "", "", List.of(), "its manifest has no \"Penstock-SPI\"", null));
    }

    private static Pipelines.Result pipelines() {
        return new Pipelines.Result(List.of(new Pipeline("chat", List.of("tier-filter"),
                List.of(new StrategyExpression.Item("good", 3)), null, Needs.NOTHING, true)), List.of(), List.of());
    }

    private static Strategies.Result strategies() {
        PluginSettings none = PluginSettings.read("good", List.of(), Map.of());
        return new Strategies.Result(List.of(Strategy.of(PROVIDER, none, true, "good.jar 2.1")),
                List.of("plugin bad.jar: no"), List.of());
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path);
    }

    private JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        return JSON.readTree(response.body());
    }

    /** Sends bytes as they are, and answers all that comes back until the connection ends. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    private static String request(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private static String field(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value == null ? "nothing" : value.asText();
    }

    // ---- the pages

    @Test
    void shouldBeHealthy() throws Exception {
        HttpResponse<String> response = get("/healthz");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok\n");
        assertThat(response.headers().firstValue("content-type")).hasValue(TEXT);
        assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    }

    @Test
    void shouldBeReadyWhenNothingIsMissing() throws Exception {
        assertThat(get("/readyz")).returns(503, HttpResponse::statusCode)
                .returns("not ready: fleet, warm-up\n", HttpResponse::body);
        readiness.done("fleet");
        assertThat(get("/readyz")).returns(503, HttpResponse::statusCode)
                .returns("not ready: warm-up\n", HttpResponse::body);
        readiness.done("warm-up");
        assertThat(get("/readyz")).returns(200, HttpResponse::statusCode).returns("ready\n", HttpResponse::body);
        readiness.notBecause("stopping");
        assertThat(get("/readyz")).returns(503, HttpResponse::statusCode)
                .returns("not ready: stopping\n", HttpResponse::body);
    }

    @Test
    void shouldNotBeReadyUntilAConditionHolds() throws Exception {
        AtomicReference<@Nullable String> reason = new AtomicReference<>("waiting for pods");
        readiness.until(reason::get);
        readiness.done("fleet");
        readiness.done("warm-up");
        assertThat(readiness.await(Duration.ZERO)).isFalse();
        assertThat(get("/readyz")).returns(503, HttpResponse::statusCode)
                .returns("not ready: waiting for pods\n", HttpResponse::body);
        reason.set("waiting for their adapters");
        assertThat(get("/readyz").body()).isEqualTo("not ready: waiting for their adapters\n");
        reason.set(null);
        readiness.look();
        assertThat(readiness.await(Duration.ZERO)).isTrue();
        reason.set("away again");
        assertThat(get("/readyz")).returns(200, HttpResponse::statusCode);
    }

    @Test
    void shouldShowMetrics() throws Exception {
        metrics.counter("requests", "Requests.", "code", "200").add(3);

        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body().lines()).contains("requests_total{code=\"200\"} 3.0");
    }

    @Test
    void shouldShowEverySettingAndWhereItCameFrom() throws Exception {
        errors.add("p.yaml:7: broken \"here\"");

        JsonNode page = json("/admin/config");

        JsonNode port = page.path("settings").path("listen.port");
        assertThat(field(port, "value")).isEqualTo("81");
        assertThat(field(port, "origin")).isEqualTo("file");
        assertThat(field(port, "where")).isEqualTo("p.yaml:3");
        assertThat(field(port, "default")).isEqualTo("8080");
        assertThat(port.path("live").isBoolean()).isTrue();
        assertThat(page.path("settings").path("admin.port").path("origin").asText()).isEqualTo("default");
        assertThat(page.path("settings").path("admin.port").has("where")).isFalse();
        assertThat(page.path("settings")).hasSameSizeAs(ServerSettings.all());
        assertThat(page.path("errors")).singleElement()
                .satisfies(error -> assertThat(error.asText()).isEqualTo("p.yaml:7: broken \"here\""));
    }

    @Test
    void shouldShowPluginsAndWhyTheyFailed() throws Exception {
        JsonNode page = json("/admin/plugins");

        assertThat(page.path("plugins")).extracting(plugin -> field(plugin, "name") + " " + field(plugin, "version")
                + " " + field(plugin, "state") + " " + field(plugin, "reason")).containsExactly(
                        "good.jar 2.1 loaded nothing",
                        "bad.jar  failed its manifest has no \"Penstock-SPI\"");
        assertThat(page.path("strategies")).singleElement().satisfies(strategy -> {
            assertThat(field(strategy, "name")).isEqualTo("good");
            assertThat(field(strategy, "plugin")).isEqualTo("good.jar 2.1");
            assertThat(field(strategy, "on_loop")).isEqualTo("true");
            assertThat(field(strategy, "quarantined")).isEqualTo("false");
            assertThat(strategy.path("instances").asLong()).isEqualTo(1);
            assertThat(strategy.path("calls").asLong()).isEqualTo(130);
            assertThat(strategy.path("exceptions").asLong()).isEqualTo(2);
            assertThat(strategy.path("invalid_answers").asLong()).isEqualTo(3);
            assertThat(strategy.path("fallbacks").asLong()).isEqualTo(5);
            assertThat(strategy.path("late_answers").asLong()).isEqualTo(4);
            assertThat(strategy.path("timed_calls").asLong()).isEqualTo(2);
            assertThat(strategy.path("mean_us").asDouble()).isEqualTo(2.5);
            assertThat(strategy.path("longest_us").asDouble()).isEqualTo(4.5);
        });
        assertThat(page.path("problems")).extracting(JsonNode::asText).containsExactly("plugin bad.jar: no");
        quarantined.add("good");
        assertThat(json("/admin/plugins").path("strategies").path(0).path("quarantined").asBoolean()).isTrue();
        assertThat(json("/admin/plugins").path("plugins").path(0).path("state").asText()).isEqualTo("quarantined");
        assertThat(page.path("plugins").path(0).path("spi").asText()).isEqualTo("1.0");
        assertThat(page.path("plugins").path(0).path("strategies")).extracting(JsonNode::asText)
                .containsExactly("good");
    }

    @Test
    void shouldShowPipelinesWithTheirPieces() throws Exception {
        JsonNode pipeline = json("/admin/plugins").path("pipelines").path(0);

        assertThat(field(pipeline, "name")).isEqualTo("chat");
        assertThat(pipeline.path("filters").path(0).asText()).isEqualTo("tier-filter");
        assertThat(pipeline.path("scorers").path("good").asInt()).isEqualTo(3);
        assertThat(pipeline.path("picker").isNull()).isTrue();
        assertThat(pipeline.path("calls").asInt()).isZero();
    }

    @Test
    void shouldShowTheFleetWithItsFigures() throws Exception {
        fleet.model("tuned", "b").ready("b", false);
        figures.addInFlight(fleet.pod("a"), 3);
        load.gauge(fleet.pod("a"), GAUGE, 0.25)
                .gauge(fleet.pod("b"), GAUGE, Double.POSITIVE_INFINITY);

        JsonNode page = json("/admin/snapshot");

        assertThat(page.path("version").asLong()).isEqualTo(fleet.current().version());
        assertThat(page.path("sources").path(0).path("age_seconds").asDouble()).isEqualTo(1.5);
        assertThat(page.path("models")).extracting(model -> field(model, "name")).containsExactly("m", "tuned");
        JsonNode endpoints = page.path("models").path(0).path("endpoints");
        assertThat(endpoints).extracting(endpoint -> field(endpoint, "pod") + " " + field(endpoint, "address") + " "
                + field(endpoint, "ready") + " " + field(endpoint, "in_flight") + " "
                + field(endpoint, GAUGE.metric())).containsExactly(
                        "default/a 10.0.0.1:8000 true 3 0.25", "default/b 10.0.0.2:8000 false 0 nothing");
    }

    @Test
    void shouldShowWhoIsOutAndWhy() throws Exception {
        health.state(fleet.pod("b"), Health.State.COOLING_DOWN);

        JsonNode endpoints = json("/admin/snapshot").path("models").path(0).path("endpoints");

        assertThat(field(endpoints.path(0), "health")).isEqualTo("ready");
        assertThat(endpoints.path(0).has("health_history")).isFalse();
        assertThat(field(endpoints.path(1), "health")).isEqualTo("cooling-down");
        JsonNode history = endpoints.path(1).path("health_history");
        assertThat(field(history, "reason")).isEqualTo("said by the test");
        assertThat(field(history, "since_seconds") + " " + field(history, "remaining_seconds") + " "
                + field(history, "ejections")).isEqualTo("0.0 0.0 1");
    }

    @Test
    void shouldShowOneModelOfTheFleet() throws Exception {
        fleet.model("tuned/v1 b", "b");

        assertThat(json("/admin/snapshot?model=tuned%2Fv1%20b").path("models"))
                .extracting(model -> field(model, "name")).containsExactly("tuned/v1 b");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void shouldShowASourceThatWasNeverRead(double never) throws Exception {
        age = never;
        errors.add("p.yaml:1: broken");

        JsonNode source = json("/admin/snapshot").path("sources").path(0);

        assertThat(source.path("age_seconds").isNull()).isTrue();
        assertThat(source.path("errors")).extracting(JsonNode::asText).containsExactly("p.yaml:1: broken");
    }

    // ---- the protocol

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/readyz", "/metrics", "/admin/config", "/admin/plugins", "/admin/snapshot"})
    void shouldAnswerHeadWithTheHeadOfGet(String path) throws Exception {
        HttpResponse<String> head = send("HEAD", path);
        HttpResponse<String> get = get(path);

        assertThat(head.statusCode()).isEqualTo(get.statusCode());
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-type")).isEqualTo(get.headers().firstValue("content-type"));
        assertThat(head.headers().firstValueAsLong("content-length").orElseThrow()).isPositive();
        if (!path.equals("/metrics")) {
            assertThat(head.headers().firstValue("content-length"))
                    .isEqualTo(get.headers().firstValue("content-length"));
        }
    }

    @Test
    void shouldListThePagesThatThereAre() throws Exception {
        assertThat(get("/admin/confg")).returns(404, HttpResponse::statusCode).returns("no such page; there are: "
                + "/healthz /readyz /metrics /admin/config /admin/snapshot /admin/plugins /broken\n",
                HttpResponse::body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "FROBNICATE"})
    void shouldRefuseOtherMethods(String method) throws Exception {
        HttpResponse<String> response = send(method, "/healthz");

        assertThat(response).returns(405, HttpResponse::statusCode).returns("only GET\n", HttpResponse::body);
        assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void shouldSayThatAPageFailedAndGoOn() throws Exception {
        assertThat(get("/broken")).returns(500, HttpResponse::statusCode)
                .returns("failed; see the log\n", HttpResponse::body);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /healthz\r\n\r\n", "\u0001\u0002\u0003\r\n\r\n", "GET /healthz HTTP/9x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nno colon here\r\n\r\n", "GET /%zz HTTP/1.1\r\nconnection: close\r\n\r\n",
        "GET /healthz?a=%4 HTTP/1.1\r\nconnection: close\r\n\r\n",
        "GET /healthz HTTP/1.1\r\ncontent-length: -1\r\n\r\n"})
    void shouldRefuseAMalformedRequest(String request) throws IOException {
        assertThat(raw(request)).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\nmalformed request\n");
    }

    @Test
    void shouldRefuseABodyThatIsTooLong() throws IOException {
        assertThat(raw(request("POST /healthz HTTP/1.1", "content-length: 100000", "expect: 100-continue",
                "connection: close"))).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrderAndCloseWhenAsked() throws IOException {
        String answers = raw(request("GET /healthz HTTP/1.1") + request("GET /readyz HTTP/1.1")
                + request("GET /healthz HTTP/1.1", "connection: close"));

        assertThat(answers.lines().filter(line -> line.startsWith("HTTP/1.1 "))).containsExactly("HTTP/1.1 200 OK",
                "HTTP/1.1 503 Service Unavailable", "HTTP/1.1 200 OK");
    }

    @Test
    void shouldKeepTheOrderWhereAnAnswerComesLater() throws IOException {
        String later = request("POST /later HTTP/1.1", "x-a: b", "content-length: 3") + "abc";
        String answers = raw(later + request("GET /healthz HTTP/1.1") + later
                + request("POST /fails HTTP/1.1", "content-length: 0", "connection: close"));

        assertThat(answers.lines().filter(line -> line.equals("ok") || line.equals("3 bytes, b")
                || line.startsWith("failed"))).containsExactly("3 bytes, b", "ok", "3 bytes, b",
                        "failed; see the log");
    }

    @Test
    void shouldCloseAfterARequestOfHttp10() throws IOException {
        assertThat(raw("GET /healthz HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nok\n");
    }

    @Test
    void shouldRefuseAPortThatIsTaken() {
        InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());

        assertThatThrownBy(() -> new AdminServer(taken, AdminSite.of(Map.of())).close()).hasMessageContaining("in use");
    }

    @Test
    void shouldStopListening() {
        server.close();
        server.close();

        assertThatThrownBy(() -> raw("GET /healthz HTTP/1.0\r\n\r\n")).isInstanceOf(IOException.class);
    }
}
