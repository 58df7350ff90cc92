package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.TrafficSplit;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.accesslog.AccessLog;
import dev.penstock.server.config.AccessLogSettings;
import dev.penstock.server.exchange.RawConnection.Message;
import dev.penstock.spi.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, and what becomes of the key. */
@Timeout(30)
@SuppressWarnings("NullAway.Init") // JUnit and the first method set them.
class ClientKeysTest {
    private static final String KEY = "authorization: Bearer pk-ann-secret";
    private static final String REFUSED = "{\"error\":{\"message\":\"Incorrect API key provided\","
            + "\"type\":\"authentication_error\",\"code\":\"invalid_api_key\",\"param\":\"api_key\"}}";

    @TempDir
    Path folder;

    private final FakeEngine engine = new FakeEngine();
    private final TestKeys keys = new TestKeys();
    private final BlockingQueue<Admission.Request> asked = new LinkedBlockingQueue<>();
    private AccessLog log;
    private TestProxy proxy;
    private RawConnection client;

    @BeforeEach
    void open() {
        log = AccessLog.start(new AccessLogSettings(folder.resolve("log").toString(), 100, 64), Metrics.NONE,
                NanoClock.SYSTEM, Clock.systemUTC());
        keys.add("pk-ann-secret", "ann");
        start(false);
    }

    private void start(boolean forwarded) {
        proxy = new TestProxy(new ClientKeys(keys, forwarded), (request, answer) -> {
            asked.add(request);
            answer.accept(Admission.Admitted.FREELY);
        }, log, engine.port);
        client = proxy.connect();
    }

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
        log.close();
    }

    private Message atThePod(String... headers) {
        client.send(Http.chat(headers));
        RawConnection pod = engine.accept();
        Message request = pod.readMessage();
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        return request;
    }

    // ---- who is let in

    @ParameterizedTest
    @ValueSource(strings = {"x-nothing: 1", "authorization: Bearer pk-ann-secre", "authorization: Bearer",
        "authorization: Bearer ", "authorization: pk-ann-secret", "authorization: Basic pk-ann-secret",
        "authorization: Bearer pk-ann-secret x", "x-api-key: pk-ann", "x-api-key:",
        "sec-websocket-protocol: openai-insecure-api-key.pk-ann-secret"})
    void shouldRefuseWhoHasNoKnownKeyAndKeepTheConnection(String header) {
        Message answer = client.send(Http.chat(header)).readMessage();
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo(REFUSED);
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(answer.header("request-id")).isNotNull();
        assertThat(engine.untouched()).isTrue();
        assertThat(proxy.count("penstock_errorserror/invalid_api_key")).isEqualTo(1);

        assertThat(atThePod(KEY).body()).isEqualTo(Http.CHAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Bearer pk-ann-secret", "authorization: bearer   pk-ann-secret ",
        "x-api-key: pk-ann-secret", "X-Api-Key:  pk-ann-secret"})
    void shouldTakeTheKeyWhereverClientsPutIt(String header) {
        assertThat(atThePod(header).body()).isEqualTo(Http.CHAT);
    }

    @ParameterizedTest
    @CsvSource({"GET,/v1/models", "GET,/v1/models/m", "POST,/v1/models", "GET,/v1/responses/resp_1",
        "DELETE,/v1/responses/resp_1", "GET,/v1/nothing", "GET,/", "OPTIONS,*", "GET,/v1/chat/completions",
        "GET,/v1/realtime", "HEAD,/v1/models"})
    void shouldTellAStrangerNothingOfAnyPath(String method, String target) {
        client.send(method + " " + target + " HTTP/1.1\r\nhost: test\r\n\r\n");
        assertThat(client.readHead()).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void shouldRefuseInTheShapeOfAnthropicsClients() {
        Message answer = client.send(Http.post("/v1/messages", Http.CHAT)).readMessage();
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\","
                + "\"message\":\"Incorrect API key provided\"}}");
    }

    @Test
    void shouldAskNoStrangerForABody() {
        client.send(Http.head("POST /v1/chat/completions HTTP/1.1", "host: t", "expect: 100-continue",
                "content-length: 9000000"));
        String answer = client.readToEnd();
        assertThat(answer).startsWith("HTTP/1.1 401 ").contains("connection: close").doesNotContain("100 Continue");
        assertThat(proxy.budget.held()).isZero();
    }

    @Test
    void shouldAnswerOverHttp2AsOverHttp1() {
        try (Http2Client newer = new Http2Client(proxy.address())) {
            Http2Client.Answer refused = newer.post("/v1/chat/completions", Http.CHAT).answer();
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.body()).isEqualTo(REFUSED);
            assertThat(refused.header("www-authenticate")).isEqualTo("Bearer");

            Http2Client.Stream call = newer.post("/v1/chat/completions", Http.CHAT, "x-api-key: pk-ann-secret");
            RawConnection pod = engine.accept();
            assertThat(pod.readMessage().head()).doesNotContain("pk-ann-secret").contains("\r\nuser: ann\r\n");
            pod.send(Http.ok("{}"));
            assertThat(call.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldCloseOutAKeyAtTheNextRequestOfAnOpenConnection() {
        atThePod(KEY);
        keys.known.clear();
        assertThat(client.send(Http.chat(KEY)).readMessage().status()).isEqualTo(401);
        keys.add("pk-ann-secret", "ann");
        assertThat(client.send(Http.get("/v1/models").replace("\r\n\r\n", "\r\n" + KEY + "\r\n\r\n")).readMessage()
                .status()).isEqualTo(200);
    }

    @Test
    void shouldLetARunningRequestEndWhoseKeyIsRevoked() {
        client.send(Http.chat(KEY));
        RawConnection pod = engine.accept();
        pod.readMessage();
        keys.known.clear();
        pod.send(Http.ok(Http.ANSWER));
        assertThat(client.readMessage().body()).isEqualTo(Http.ANSWER);
    }

    // ---- WebSockets

    @Test
    void shouldRefuseAStrangersWebSocket() {
        Message answer = client.send(Handshakes.at(Handshakes.PATH, "sec-websocket-protocol: realtime")).readMessage();
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo(REFUSED);
        assertThat(engine.untouched()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "realtime, openai-insecure-api-key.pk-ann-secret, openai-beta.realtime-v1|realtime, openai-beta.realtime-v1",
        "openai-insecure-api-key.pk-ann-secret|"})
    void shouldTakeTheKeyOfABrowserAndKeepItFromThePod(String offered, String told) {
        client.send(Handshakes.at(Handshakes.PATH, "sec-websocket-protocol: " + offered));
        RawConnection pod = engine.accept();
        String handshake = pod.readHead();
        assertThat(handshake).doesNotContain("pk-ann-secret");
        if (told == null) {
            assertThat(handshake).doesNotContain("sec-websocket-protocol");
        } else {
            assertThat(handshake).contains("\r\nsec-websocket-protocol: " + told + "\r\n");
        }
        pod.send(Handshakes.ACCEPTED);
        assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
        pod.close();
        assertThat(client.readToEnd()).isEmpty();
    }

    // ---- what becomes of the key

    @Test
    void shouldKeepKeysFromPodsAndTellThemTheUser() {
        Message request = atThePod(KEY, "x-api-key: other", "X_Api_Key: third", "User: mallory", "user: eve");
        assertThat(request.head()).contains("\r\nuser: ann\r\n")
                .doesNotContain("authorization", "pk-ann", "x-api-key", "third", "mallory", "eve");
    }

    @Test
    void shouldPassKeysOnWhereItIsToldTo() {
        client.close();
        proxy.close();
        start(true);
        assertThat(atThePod(KEY, "user: eve").head()).contains("\r\n" + KEY + "\r\n", "\r\nuser: ann\r\n")
                .doesNotContain("eve");
    }

    @Test
    void shouldLeaveTheUserToTheClientWhereTheKeyHasNone() throws InterruptedException {
        keys.add("pk-any", null);
        assertThat(atThePod("x-api-key: pk-any", "user: eve").header("user")).isEqualTo("eve");
        assertThat(Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS)).user()).isEqualTo("eve");
    }

    @Test
    void shouldShowTheKeyToAdmissionAndItsUserToRouters() throws InterruptedException {
        client.send(Http.chat(KEY, "user: eve", "routing-strategy: silent"));
        RoutingContext context = Objects.requireNonNull(proxy.routers.silent.poll(10, TimeUnit.SECONDS));
        assertThat(context.request().user()).isEqualTo("ann");
        context.select(context.candidates().get(0));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        Admission.Request request = Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS));
        assertThat(request.user()).isEqualTo("ann");
        assertThat(request.key()).isEqualTo(keys.known.get("pk-ann-secret"));
        assertThat(request.toString()).doesNotContain("secret");
    }

    @Test
    void shouldLogThePublicPartOnly() throws IOException {
        atThePod(KEY);
        client.send(Http.chat("authorization: Bearer pk-wrong-secret")).readMessage();
        proxy.awaitIdle();
        log.close();

        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("log"))) {
            assertThat(line).doesNotContain("secret");
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0).get("key").asText()).isEqualTo("id-0");
        assertThat(lines.get(0).get("user").asText()).isEqualTo("ann");
        assertThat(lines.get(1).get("key").isNull()).isTrue();
        assertThat(lines.get(1).get("end").asText()).isEqualTo("invalid_api_key");
    }

    // ---- models

    @ParameterizedTest
    @ValueSource(strings = {"m", "no-such"})
    void shouldRefuseAModelThatTheKeyMayNotUseWhetherItIsThereOrNot(String model) {
        keys.add("pk-narrow", null, "empty", "future");
        Message answer = client.send(Http.post("/v1/chat/completions", Http.CHAT.replace("\"m\"", "\"" + model + "\""),
                "x-api-key: pk-narrow")).readMessage();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"error\":{\"message\":\"model " + model + " does not exist or the key"
                + " may not use it\",\"type\":\"permission_error\",\"code\":\"model_not_found\",\"param\":\"model\"}}");
        assertThat(answer.header("x-error-model-not-allowed")).isEqualTo("true");
        assertThat(asked).isEmpty();
    }

    @Test
    void shouldShowTheModelsThatTheKeyMayUse() {
        keys.add("pk-narrow", null, "empty", "future");
        String ask = "\r\nx-api-key: pk-narrow\r\n\r\n";
        assertThat(client.send(Http.get("/v1/models").replace("\r\n\r\n", ask)).readMessage().body())
                .isEqualTo("{\"object\":\"list\",\"data\":["
                        + "{\"id\":\"empty\",\"object\":\"model\",\"created\":0,\"owned_by\":\"aibrix\"}]}");
        assertThat(client.send(Http.get("/v1/models/m").replace("\r\n\r\n", ask)).readMessage().status())
                .isEqualTo(403);
        assertThat(client.send(Http.get("/v1/models/empty").replace("\r\n\r\n", ask)).readMessage().status())
                .isEqualTo(200);
        assertThat(client.send(Http.get("/v1/models/future").replace("\r\n\r\n", ask)).readMessage().status())
                .isEqualTo(400);
    }

    @Test
    void shouldLookAtTheNameThatTheClientWrites() {
        keys.add("pk-split", null, "chat");
        proxy.fleet.publish(pods -> List.of(TestFleet.model("m", pods, null), new Model("chat", "chat",
                EndpointList.of(pods), EndpointList.of(pods), 0, null, null, TrafficSplit.of(Map.of("m", 1)), null,
                List.of())));
        client.send(Http.post("/v1/chat/completions", Http.CHAT.replace("\"m\"", "\"chat\""), "x-api-key: pk-split"));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().body()).isEqualTo(Http.CHAT);
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        assertThat(client.send(Http.chat("x-api-key: pk-split")).readMessage().status()).isEqualTo(403);
    }
}
