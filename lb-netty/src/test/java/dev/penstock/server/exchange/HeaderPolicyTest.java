package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client can make a pod, or another client, believe by headers: nothing. */
@Timeout(30)
class HeaderPolicyTest {
    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private RawConnection.Message atThePod(String... headers) {
        client.send(Http.chat(headers));
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        pod.send(Http.ok("{}"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        return request;
    }

    @ParameterizedTest
    @ValueSource(strings = {"target-pod", "Target-Pod", "target-pod-ip", "target-pod-anything", "prefill-target-pod",
        "x-prefiller-url", "x-prefiller-host-port", "X-Prefiller-X", "x-data-parallel-host-port", "x-gateway-inference",
        "x-lb-weight", "x-went-into-req-headers", "target_pod", "x_prefiller_url", "x_gateway-x", "routing_strategy",
        "x_request_id", "x_forwarded_for", "transfer_encoding", "content_length"})
    void shouldNotPassHeadersOfGateways(String name) {
        assertThat(atThePod(name + ": evil").head()).doesNotContain("evil");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep-alive", "Proxy-Connection", "proxy-authorization", "te", "trailer", "upgrade",
        "Connection"})
    void shouldNotPassHeadersOfTheConnection(String name) {
        assertThat(atThePod(name + ": evil").head()).doesNotContain("evil");
    }

    @Test
    void shouldNotPassHeadersOfTheConnectionBack() {
        client.send(Http.chat());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{}", "connection: keep-alive, x-named", "x-named: evil", "keep-alive: evil", "te: evil",
                "proxy-authenticate: evil", "trailer: evil", "upgrade: evil", "x-kept: good"));
        assertThat(client.readMessage().head()).doesNotContain("evil").contains("x-kept: good");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-real-ip", "x-forwarded-for", "X-Forwarded-Proto", "x-forwarded-host", "x-forwarded-port",
        "x-forwarded-prefix", "Forwarded"})
    void shouldNotPassWhatAStrangerSaysOfItsOrigin(String name) {
        RawConnection.Message request = atThePod(name + ": evil");
        assertThat(request.head()).doesNotContain("evil");
        assertThat(request.header("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(request.header("x-forwarded-proto")).isEqualTo("http");
        assertThat(request.header("x-forwarded-host")).isEqualTo("test");
    }

    @Test
    void shouldPassWhatIsForTheEndAsItIs() {
        assertThat(atThePod("X-Team: a", "via: 1.1 front", "Accept: */*", "x-session-id: s", "x_team: b",
                "x-forwarder: c").head())
                .contains("\r\nX-Team: a\r\n", "\r\nvia: 1.1 front\r\n", "\r\nAccept: */*\r\n",
                        "\r\nx-session-id: s\r\n", "\r\nx_team: b\r\n", "\r\nx-forwarder: c\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"odd id", "a_b", "a.b", "\u00e4", "", "<script>", "a\tb", "x;y"})
    void shouldMakeAnotherRequestIdOfAnOddOne(String id) {
        assertThat(atThePod("x-request-id: " + id).header("x-request-id"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @Test
    void shouldMakeAnotherRequestIdOfALongOne() {
        assertThat(atThePod("x-request-id: " + "a".repeat(129)).header("x-request-id")).hasSize(36);
    }

    @Test
    void shouldTellOnlyOneRequestId() {
        assertThat(atThePod("x-request-id: one", "x-request-id: two").head()).contains("x-request-id: one")
                .doesNotContain("two");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a client names a pod, target-pod: 169.254.169.254:80",
        "a client names a prefiller, x-prefiller-url: http://169.254.169.254/latest",
        "a client names a rank, x-data-parallel-host-port: 127.0.0.1:22",
        "a client names a host, x-forwarded-host: metadata.internal"})
    void shouldNotLetAClientNameWhereItsRequestGoes(String name, String header) {
        RawConnection.Message request = atThePod(header);
        assertThat(request.header("host")).isEqualTo("127.0.0.1:" + engine.port);
        assertThat(request.header("target-pod")).isEqualTo("127.0.0.1:" + engine.port);
        assertThat(request.head()).doesNotContain("169.254", "metadata", ":22");
    }

    @Test
    void shouldNotLetAClientNameAHostByItsTarget() {
        client.send("POST http://169.254.169.254/v1/chat/completions HTTP/1.1\r\nhost: 169.254.169.254\r\n"
                + "content-length: " + Http.CHAT.length() + "\r\n\r\n" + Http.CHAT);
        RawConnection pod = engine.accept();
        RawConnection.Message request = pod.readMessage();
        assertThat(request.firstLine()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
        assertThat(request.header("host")).isEqualTo("127.0.0.1:" + engine.port);
        pod.send(Http.ok("{}"));
        client.readMessage();
    }

    @Test
    void shouldRelayARedirectAndNotFollowIt() {
        try (FakeEngine elsewhere = new FakeEngine()) {
            client.send(Http.chat());
            RawConnection pod = engine.accept();
            pod.readMessage();
            String location = "http://127.0.0.1:" + elsewhere.port + "/";
            pod.send(Http.answer("307 Temporary Redirect", "", "location: " + location));
            RawConnection.Message answer = client.readMessage();
            assertThat(answer.status()).isEqualTo(307);
            assertThat(answer.header("location")).isEqualTo(location);
            assertThat(elsewhere.untouched()).isTrue();
        }
    }

    @Test
    void shouldNotLetValuesEndALineOfAnAnswer() {
        client.send(Http.post("/v1/chat/completions", Http.CHAT.replace("\"m\"", "\"x\\r\\nset-cookie: a=b\"")));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("set-cookie")).isNull();
        assertThat(answer.header("x-error-no-model-backends")).isEqualTo("x  set-cookie: a=b");
    }

    @Test
    void shouldMakeNoSeriesForModelsThatDoNotExist() {
        // The first connection makes series of its own.
        assertThat(client.send(Http.get("/v1/models")).readMessage().status()).isEqualTo(200);
        int before = proxy.counts.size();
        for (int i = 0; i < 50; i++) {
            client.send(Http.post("/v1/chat/completions", Http.CHAT.replace("\"m\"", "\"x" + i + "\"")));
            assertThat(client.readMessage().status()).isEqualTo(400);
        }
        assertThat(proxy.counts).hasSize(before);
        assertThat(proxy.count("penstock_errorserror/model_not_found")).isEqualTo(50);
    }

    @Test
    void shouldAnswerOtherExpectationsWith417AndClose() {
        client.send(Http.head("POST /v1/chat/completions HTTP/1.1", "host: t", "expect: 200-ok",
                "content-length: " + Http.CHAT.length()));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(417);
        assertThat(answer.body()).contains("invalid_request_error");
        assertThat(client.readToEnd()).isEmpty();
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldNotTellAClientToGoOnBeforeTheHeadIsChecked() {
        client.send(Http.head("POST /v1/nothing HTTP/1.1", "host: t", "expect: 100-continue", "content-length: 9"));
        String answer = client.readToEnd();
        assertThat(answer).startsWith("HTTP/1.1 501").doesNotContain("100 Continue").contains("connection: close");
    }

    @Test
    void shouldNotSendAnInterimAnswerToHttp10() {
        client.send(Http.chat("expect: 100-continue").replace("HTTP/1.1", "HTTP/1.0"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        assertThat(client.readToEnd()).startsWith("HTTP/1.1 200").endsWith("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1//chat/completions", "/v1/./chat/completions/", "/v1/x/../chat/completions",
        "/v1/%63hat/completions", "//v1/chat/completions", "/v1/chat/%63ompletions/."})
    void shouldSendTheSamePathThatItHasRoutedBy(String path) {
        client.send(Http.post(path, Http.CHAT));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().firstLine()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
        pod.send(Http.ok("{}"));
        client.readMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1%2fchat/completions", "/v1/chat%5ccompletions", "/../v1/chat/completions",
        "/v1/chat/completions%00", "/v1/chat/completions#x", "/v1\\chat/completions", "v1/chat/completions",
        "ftp://test/v1/chat/completions", "/v1/chat/completions%zz"})
    void shouldRefuseAPathThatCanBeReadInTwoWays(String path) {
        client.send(Http.post(path, Http.CHAT));
        assertThat(client.readMessage().status()).isEqualTo(400);
        assertThat(engine.untouched()).isTrue();
    }

    @Test
    void shouldGiveAnAttemptAParentIdOfItsOwnInTheClientsTrace() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        RawConnection.Message request = atThePod("traceparent: 00-" + trace + "-00f067aa0ba902b7-01",
                "tracestate: a=1", "tracestate: b=2");
        assertThat(request.header("traceparent")).matches("00-" + trace + "-[0-9a-f]{16}-01")
                .doesNotContain("00f067aa0ba902b7");
        assertThat(request.head().toLowerCase(Locale.ROOT)).contains("tracestate: a=1", "tracestate: b=2")
                .containsOnlyOnce("traceparent:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", "garbage",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-"
        + "0000000000000000-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
        + "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01"})
    void shouldBeginATraceWhereTheClientsIsInvalid(String parent) {
        RawConnection.Message request = atThePod("traceparent: " + parent, "tracestate: a=1");
        String id = String.valueOf(request.header("x-request-id")).replace("-", "");
        assertThat(request.header("traceparent")).matches("00-" + id + "-[0-9a-f]{16}-00");
        assertThat(request.head()).doesNotContain("tracestate").containsOnlyOnce("traceparent:");
    }

    @Test
    void shouldReadATraceOfALaterVersionAndTellItInItsOwn() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assertThat(atThePod("traceparent: cc-" + trace + "-00f067aa0ba902b7-ff-more").header("traceparent"))
                .matches("00-" + trace + "-[0-9a-f]{16}-03");
    }
}
