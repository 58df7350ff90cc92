package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.spi.Filter;
import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code /admin/explain}, pipelines and a shadow, in a whole balancer. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainTest {

    private static final String SECRET = "the prompt is nobody's business ".repeat(20);
    private static final String BODY = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + SECRET
            + "\"}]}";

    private final JsonMapper mapper = new JsonMapper();
    private final TestEngine engine = new TestEngine();
    private final TestEngine second = new TestEngine();

    @SuppressWarnings("NullAway.Init") // set before all tests
    private TestBalancer balancer;

    @BeforeAll
    void start() {
        balancer = TestBalancer.start(TestBalancer.builder().provider(new Later()).provider(new NotFirst())
                .config("inline", """
                        models:
                          - name: m
                            endpoints:
                              - {name: one, address: "127.0.0.1:%d"}
                              - {name: two, address: "127.0.0.1:%d"}
                        pipelines:
                          rest: {filters: [not-first], scorers: {later: 2}}
                        routing.shadow: rest
                        """.formatted(engine.port(), second.port())));
    }

    @AfterAll
    void stop() {
        balancer.close();
        engine.close();
        second.close();
    }

    /** Ranks by index; says what it sees of the request. */
    private static final class Later implements RouterProvider, Scorer {

        @Override
        public String name() {
            return "later";
        }

        @Override
        public Needs needs() {
            return Needs.hashes(128);
        }

        @Override
        public boolean scores() {
            return true;
        }

        @Override
        public Router create(RouterEnvironment environment) {
            return this;
        }

        @Override
        public void route(RoutingContext context) {
            context.select(context.candidates().get(context.candidates().size() - 1));
        }

        @Override
        public void score(RoutingContext context, double[] scores) {
            for (int i = 0; i < scores.length; i++) {
                scores[i] = i;
            }
            context.note("blocks=" + context.request().prefixHashes().length + " user=" + context.request().user()
                    + " session=" + context.request().sessionId());
        }

        @Override
        public Polarity polarity() {
            return Polarity.MOST;
        }
    }

    private static final class NotFirst implements RouterProvider {

        @Override
        public String name() {
            return "not-first";
        }

        @Override
        public boolean filters() {
            return true;
        }

        @Override
        public Router create(RouterEnvironment environment) {
            Filter filter = (context, candidate) -> candidate > 0;
            return filter;
        }
    }

    private HttpResponse<String> post(String query, String body, String... headers) throws IOException,
            InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:"
                + balancer.penstock.adminPort() + "/admin/explain" + query))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return balancer.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode explain(String query, String... headers) throws IOException, InterruptedException {
        HttpResponse<String> response = post(query, BODY, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).doesNotContain("nobody's business");
        return mapper.readTree(response.body());
    }

    @Test
    void shouldExplainAllThatScoreAndTheDefault() throws Exception {
        JsonNode page = explain("");

        assertThat(page.path("model").asText()).isEqualTo("m");
        assertThat(page.path("strategy").asText()).isEqualTo("first");
        assertThat(page.path("prompt_tokens").asLong()).isEqualTo(BODY.length() / 4);
        assertThat(page.path("candidates")).extracting(pod -> pod.path("pod").asText())
                .containsExactly("standalone/one", "standalone/two");
        assertThat(page.path("strategies")).extracting(each -> each.path("strategy").asText())
                .containsExactly("first", "later", "rest");
        assertThat(page.path("strategies")).extracting(each -> each.path("choice").asText("nothing"))
                .containsExactly("nothing", "standalone/two", "standalone/two");
        assertThat(page.path("strategies").path(0).path("why").asText()).contains("not a scorer");
        JsonNode pieces = page.path("strategies").path(2).path("pieces");
        assertThat(pieces.path(0).path("left")).extracting(JsonNode::asText).containsExactly("standalone/two");
        assertThat(pieces.path(1).path("scores").path(0).path("raw").isNull()).isTrue();
        assertThat(pieces.path(1).path("scores").path(1).path("raw").asDouble()).isEqualTo(1);
        assertThat(page.path("strategies").path(1).path("sums").path(1).path("sum").asDouble()).isEqualTo(1);
    }

    @Test
    void shouldPrepareTheRequestAsItsPathDoes() throws Exception {
        JsonNode page = explain("?strategy=later&strategy=later:2,later:1&path=/v1/chat/completions", "user", "ann",
                "x-session-id", "s1");

        assertThat(page.path("strategies")).hasSize(2);
        assertThat(page.path("strategies").path(0).path("notes").path(0).asText())
                .isEqualTo("blocks=" + (SECRET.length() + 28) / 128 + " user=ann session=s1");
        assertThat(page.path("strategies").path(1).path("pieces")).hasSize(2);
    }

    @Test
    void shouldSayWhyAPodIsNoCandidate() throws Exception {
        JsonNode page = explain("", "external-filter", "tier=gold");

        assertThat(page.path("candidates")).isEmpty();
        assertThat(page.path("others")).extracting(pod -> pod.path("why_not").asText())
                .containsOnly("its labels are not those of external-filter");
    }

    record Mistake(String query, String body, int status, String code, String message) {}

    static Stream<Mistake> mistakes() {
        return Stream.of(
                new Mistake("", "{", 400, "invalid_body", "body"),
                new Mistake("", "{\"model\":\"m\"}", 400, "no_messages", "messages"),
                new Mistake("", BODY.replace("\"m\"", "\"n\""), 400, "model_not_found", "n does not exist"),
                new Mistake("?strategy=lather", BODY, 400, "unknown_strategy", "expected: one of first, later, rest"),
                new Mistake("?strategy=not-first", BODY, 400, "unknown_strategy", "not-first"),
                new Mistake("?strategy=rest:1,later:1", BODY, 400, "unknown_strategy", "rest:1,later:1"),
                new Mistake("?path=/v1/audio/transcriptions", BODY, 400, "invalid_path", "expected"),
                new Mistake("?path=/nothing", BODY, 400, "invalid_path", "expected"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void shouldSayWhatIsWrong(Mistake mistake) throws Exception {
        HttpResponse<String> response = post(mistake.query(), mistake.body());

        JsonNode error = mapper.readTree(response.body()).path("error");
        assertThat(error.path("message").asText()).contains(mistake.message());
        assertThat(response.statusCode()).isEqualTo(mistake.status());
    }

    @Test
    void shouldTellHowToAskAndTakeNothingTooLarge() throws Exception {
        assertThat(balancer.admin("/admin/explain")).contains("POST");
        assertThat(post("", "x".repeat(5 * 1024 * 1024)).statusCode()).isEqualTo(413);
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        explain("");

        assertThat(balancer.admin("/metrics")).contains("penstock_reservations 0.0", "penstock_requests_open 0.0");
    }

    @Test
    void shouldCompareTheShadowOfARealRequest() throws Exception {
        HttpResponse<String> answer = balancer.chat("x-penstock-routing", "true");

        assertThat(answer.headers().firstValue("target-pod")).hasValue("one");
        assertThat(answer.headers().firstValue("x-penstock-routing").orElse("")).contains("shadow=two");
        assertThat(balancer.chat("routing-strategy", "rest").headers().firstValue("target-pod")).hasValue("two");
        assertThat(balancer.admin("/metrics"))
                .contains("penstock_shadow_decisions_total{result=\"different\",strategy=\"rest\"} 1")
                .contains("penstock_shadow_choices_total{by=\"used\",pod=\"standalone/one\",strategy=\"rest\"} 1");
        assertThat(balancer.admin("/admin/plugins")).contains("\"pipelines\"", "\"rest\"", "\"not-first\"");
    }

    @Test
    void shouldRefuseAShadowThatDoesNotExist() {
        Penstock.Builder builder = TestBalancer.builder().config("inline",
                "models: [{name: m, endpoints: [\"127.0.0.1:1\"]}]\nrouting.shadow: nobody\n");

        assertThatThrownBy(builder::start).isInstanceOfSatisfying(InvalidSettingsException.class,
                e -> assertThat(Objects.requireNonNull(e.errors().getFirst()))
                        .startsWith("inline:2: routing.shadow: nobody (expected: one of first"));
    }
}
