package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Admission;
import dev.penstock.spi.Api;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes that come to nothing, and pods that fail them. */
@Timeout(30)
class WebSocketRefusalTest {
    private static final String GET = "GET " + Handshakes.PATH + " HTTP/1.1";
    private static final String UPGRADE = "upgrade: websocket";
    private static final String CONNECTION = "connection: upgrade";
    private static final String VERSION = "sec-websocket-version: 13";
    private static final String KEY = "sec-websocket-key: " + Handshakes.KEY;

    private final BlockingQueue<Admission.Request> asked = new LinkedBlockingQueue<>();
    private final FakeEngine one = new FakeEngine();
    private final FakeEngine two = new FakeEngine();
    private final TestProxy proxy = new TestProxy((request, answer) -> {
        asked.add(request);
        answer.accept(Admission.Admitted.FREELY);
    }, one.port, two.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        one.close();
        two.close();
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                Arguments.of(400, "Upgrade", Handshakes.request(GET, UPGRADE, VERSION, KEY)),
                Arguments.of(400, "Upgrade", Handshakes.request(GET, UPGRADE, "connection: keep-alive", VERSION, KEY)),
                Arguments.of(400, "Upgrade", Handshakes.request(GET, "upgrade: h2c", CONNECTION, VERSION, KEY)),
                Arguments.of(400, "Upgrade", Handshakes.request(GET, UPGRADE, UPGRADE, CONNECTION, VERSION, KEY)),
                Arguments.of(400, "Upgrade", Handshakes.request(GET, "upgrade: h2c, websocket", CONNECTION, VERSION,
                        KEY)),
                Arguments.of(400, "Version", Handshakes.request(GET, UPGRADE, CONNECTION, KEY)),
                Arguments.of(400, "Key", Handshakes.request(GET, UPGRADE, CONNECTION, VERSION)),
                Arguments.of(400, "Key", Handshakes.request(GET, UPGRADE, CONNECTION, VERSION, KEY, KEY)),
                Arguments.of(400, "Key", Handshakes.request(GET, UPGRADE, CONNECTION, VERSION,
                        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ")),
                Arguments.of(400, "Key", Handshakes.request(GET, UPGRADE, CONNECTION, VERSION,
                        "sec-websocket-key: dGhlIHNhbXBsZSBub25j!Q==")),
                Arguments.of(400, "no body", Handshakes.request(GET, UPGRADE, CONNECTION, VERSION, KEY,
                        "content-length: 2") + "{}"),
                Arguments.of(400, "HTTP/1.1", Handshakes.request(GET.replace("1.1", "1.0"), UPGRADE, CONNECTION,
                        "connection: keep-alive", VERSION, KEY)),
                Arguments.of(400, "?model=NAME", Handshakes.at("/v1/realtime?intent=transcription")),
                Arguments.of(400, "?model=NAME", Handshakes.at("/v1/realtime")),
                Arguments.of(400, "?model=NAME", Handshakes.at("/v1/realtime?model=")),
                Arguments.of(400, "?model=NAME", Handshakes.at("/v1/realtime?model=m&%6dodel=n")),
                Arguments.of(400, "?model=NAME", Handshakes.at("/v1/realtime?model=%zz")),
                Arguments.of(400, "model a b does not exist", Handshakes.at("/v1/realtime?model=a%20b")),
                Arguments.of(400, "incorrect routing strategy x", Handshakes.at(Handshakes.PATH,
                        "routing-strategy: x")),
                Arguments.of(503, "empty", Handshakes.at("/v1/realtime?model=empty")),
                Arguments.of(405, "method", Handshakes.request(GET.replace("GET", "POST"), UPGRADE, CONNECTION,
                        VERSION, KEY)));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void shouldRefuseAndGoOnWithHttp(int status, String why, String handshake) {
        RawConnection.Message answer = client.send(handshake).readMessage();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).contains(why);
        assertThat(client.send(Http.get("/v1/models")).readMessage().status()).isEqualTo(200);
        assertThat(one.untouched()).isTrue();
    }

    static Stream<String> unasked() {
        return Stream.of(Handshakes.request(GET), Handshakes.request(GET, CONNECTION, VERSION, KEY),
                Handshakes.request(GET, UPGRADE, CONNECTION, "sec-websocket-version: 8", KEY),
                Handshakes.request(GET, UPGRADE, CONNECTION, "sec-websocket-version: 13, 8", KEY));
    }

    @ParameterizedTest
    @MethodSource("unasked")
    void shouldTellWhichVersionThereIs(String request) {
        RawConnection.Message answer = client.send(request).readMessage();
        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.header("sec-websocket-version")).isEqualTo("13");
        assertThat(answer.header("upgrade")).isEqualTo("websocket");
        assertThat(answer.header("connection")).isEqualTo("upgrade");
        assertThat(answer.header("x-error-websocket")).isEqualTo("true");
    }

    private static void accept(FakeEngine engine) {
        RawConnection pod = engine.accept();
        assertThat(pod.readHead()).contains(Handshakes.KEY);
        pod.send(Handshakes.ACCEPTED + "here");
    }

    @Test
    void shouldTakeAnotherPodWhenOneRefusesToConnect() {
        one.close();
        client.send(Handshakes.at(Handshakes.PATH));
        accept(two);
        assertThat(client.readHead()).contains("target-pod: pod-1");
        assertThat(client.read(4)).isEqualTo("here");
    }

    @Test
    void shouldTakeAnotherPodWhenOneBreaksOffBeforeItsAnswer() {
        client.send(Handshakes.at(Handshakes.PATH) + "early");
        RawConnection pod = one.accept();
        pod.readHead();
        pod.close();
        accept(two);
        assertThat(client.readHead()).contains("101");
        assertThat(client.read(4)).isEqualTo("here");
    }

    @Test
    void shouldTakeAnotherPodWhenOneIsOverloaded() {
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = one.accept();
        pod.readHead();
        pod.send(Http.answer("503 Service Unavailable", "{}"));
        accept(two);
        assertThat(client.readHead()).contains("101");
    }

    @Test
    void shouldUseAPooledConnectionOnceAndNotAgain() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        client.readMessage();
        client.send(Handshakes.at(Handshakes.PATH));
        pod.readHead();
        pod.send(Handshakes.ACCEPTED);
        client.readHead();
        pod.close();
        assertThat(client.readToEnd()).isEmpty();
        try (RawConnection next = proxy.connect()) {
            next.send(Http.chat());
            RawConnection fresh = one.accept();
            fresh.readMessage();
            fresh.send(Http.ok("{}"));
            assertThat(next.readMessage().status()).isEqualTo(200);
        }
    }

    @Test
    void shouldTryANewConnectionWhenAPooledOneWasClosed() {
        client.send(Http.chat());
        RawConnection pod = one.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        client.readMessage();
        client.send(Handshakes.at(Handshakes.PATH));
        pod.readHead();
        pod.close();
        accept(one);
        assertThat(client.readHead()).contains("target-pod: pod-0");
    }

    @Test
    void shouldNotTakeA101ThatIsNoWebSocket() {
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = one.accept();
        pod.readHead();
        pod.send(Http.head("HTTP/1.1 101 Switching Protocols", "upgrade: h2c", "connection: upgrade"));
        assertThat(client.readMessage().status()).isEqualTo(502);
    }

    @Test
    void shouldNotTakeA101ThatNobodyAskedFor() {
        client.send(Http.chat("upgrade: websocket", "connection: upgrade"));
        RawConnection pod = one.accept();
        assertThat(pod.readMessage().header("upgrade")).isNull();
        pod.send(Handshakes.ACCEPTED);
        assertThat(client.readMessage().status()).isEqualTo(502);
    }

    @Test
    void shouldGiveUpAPodThatDoesNotAnswer() {
        proxy.settings.firstByteMillis = 60;
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = one.accept();
        pod.readHead();
        assertThat(client.readMessage().status()).isEqualTo(504);
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }

    @Test
    void shouldCloseThePodsConnectionWhenTheClientGoesBeforeTheAnswer() {
        client.send(Handshakes.at(Handshakes.PATH));
        RawConnection pod = one.accept();
        pod.readHead();
        client.close();
        assertThat(pod.readToEnd()).isIn("", "<reset>");
    }

    @Test
    void shouldShowAdmissionTheKeyThatABrowserHidesAmongTheSubprotocols() throws InterruptedException {
        client.send(Handshakes.at(Handshakes.PATH,
                "sec-websocket-protocol: realtime, openai-insecure-api-key.sk-1, openai-beta.realtime-v1"));
        RawConnection pod = one.accept();
        assertThat(pod.readHead()).contains("openai-insecure-api-key.sk-1").doesNotContain("authorization");
        pod.close();
        Admission.Request request = asked.poll(10, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        assertThat(request.api()).isEqualTo(Api.REALTIME);
        assertThat(request.model()).isEqualTo("m");
        assertThat(request.authorization()).isEqualTo("Bearer sk-1");
        two.accept().close();
        assertThat(client.readMessage().status()).isEqualTo(502);
    }
}
