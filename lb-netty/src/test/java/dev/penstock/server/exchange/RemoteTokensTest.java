package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.exchange.RawConnection.Message;
import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts whose tokens an engine makes. */
@Timeout(30)
class RemoteTokensTest {
    private static final String FALLBACKS = "penstock_tokenizer_fallbackstokenizer/remote/reason/";
    private static final String TOKENS = "{\"count\":2,\"max_model_len\":4096,\"tokens\":[7, 8],\"token_strs\":null}";
    private static final String BY_REMOTE = "routing-strategy: by-remote";

    private final FakeEngine engine = new FakeEngine();
    private TestProxy proxy = proxy("10s");
    private RawConnection client = proxy.connect();

    private TestProxy proxy(String deadline) {
        return TestProxy.tokenizing(Map.of("tokenizers.remote.deadline", deadline), Set.of("auto"), engine.port);
    }

    private void restart(TestProxy other) {
        client.close();
        proxy.close();
        proxy = other;
        client = proxy.connect();
    }

    @AfterEach
    void close() {
        proxy.awaitIdle();
        client.close();
        proxy.close();
        engine.close();
    }

    private int[] shown() throws InterruptedException {
        int[] tokens = proxy.routers.tokens.poll(10, TimeUnit.SECONDS);
        assertThat(tokens).isNotNull();
        return tokens;
    }

    private void answer(RawConnection pod) {
        assertThat(pod.readMessage().firstLine()).startsWith("POST /v1/chat/completions");
        pod.send(Http.ok(Http.ANSWER));
        assertThat(client.readMessage().status()).isEqualTo(200);
    }

    @Test
    void shouldAskAPodOfTheModel() throws InterruptedException {
        client.send(Http.post("/v1/chat/completions", "{\"tools\":[ {\"a\":1}],\"model\":\"m\",\"messages\": [{\"role\""
                + ":\"user\",\"content\":\"h\\u0069\"}],\"temperature\":0.5}", BY_REMOTE));
        RawConnection pod = engine.accept();
        Message question = pod.readMessage();
        assertThat(question.firstLine()).isEqualTo("POST /tokenize HTTP/1.1");
        assertThat(question.header("content-type")).isEqualTo("application/json");
        assertThat(question.body()).isEqualTo("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                + "\"h\\u0069\"}],\"tools\":[ {\"a\":1}],\"add_generation_prompt\":true,\"add_special_tokens\":false}");
        pod.send(Http.ok(TOKENS));
        answer(pod);
        assertThat(shown()).containsExactly(7, 8);
    }

    @Test
    void shouldRememberWhatItAsked() throws InterruptedException {
        client.send(Http.chat(BY_REMOTE));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok(TOKENS));
        answer(pod);
        client.send(Http.chat(BY_REMOTE));
        answer(pod);
        assertThat(shown()).containsExactly(7, 8);
        assertThat(shown()).containsExactly(7, 8);
    }

    @Test
    void shouldAskForClientsOfHttp2Too() throws InterruptedException {
        try (Http2Client other = new Http2Client(proxy.address())) {
            Http2Client.Stream stream = other.chat(BY_REMOTE);
            RawConnection pod = engine.accept();
            pod.readMessage();
            pod.send(Http.ok(TOKENS));
            pod.readMessage();
            pod.send(Http.ok(Http.ANSWER));
            assertThat(stream.answer().status()).isEqualTo(200);
        }
        assertThat(shown()).containsExactly(7, 8);
    }

    @Test
    void shouldAskOnlyEnginesThatTellKvEventsWhereNobodySaysOtherwise() throws InterruptedException {
        client.send(Http.chat("routing-strategy: by-auto"));
        RawConnection pod = engine.accept();
        answer(pod);
        assertThat(shown()).isEmpty();
        proxy.fleet.publish(null, null, List.<PodView>of(TestFleet.pod("127.0.0.1", engine.port, 0,
                Map.of("model.aibrix.ai/kv-events-enabled", "true"))));
        client.send(Http.chat("routing-strategy: by-auto"));
        assertThat(pod.readMessage().firstLine()).startsWith("POST /tokenize ");
        pod.send(Http.ok(TOKENS));
        answer(pod);
        assertThat(shown()).containsExactly(7, 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1]", "{}", "{\"tokens\":\"x\"}", "{\"tokens\":[1.5]}", "{\"tokens\":[-1]}",
        "{\"tokens\":[2147483648]}", "{\"tokens\":[[1]]}", "{\"tokens\":[1],\"tokens\":[2]}", "{\"tokens\":null}"})
    void shouldGoOnWhereTheAnswerCannotBeRead(String body) throws InterruptedException {
        client.send(Http.chat(BY_REMOTE));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok(body, "connection: close"));
        answer(engine.accept());
        assertThat(shown()).isEmpty();
        assertThat(proxy.count(FALLBACKS + "failed")).isOne();
    }

    @Test
    void shouldGoOnWhereThePodIsLate() throws InterruptedException {
        restart(proxy("20ms"));
        client.send(Http.chat(BY_REMOTE));
        RawConnection silent = engine.accept();
        silent.readMessage();
        // It never answers; the request goes on, and its connection is closed.
        answer(engine.accept());
        assertThat(silent.readToEnd()).isIn("", "<reset>");
        assertThat(shown()).isEmpty();
        assertThat(proxy.count(FALLBACKS + "late")).isOne();
    }

    @Test
    void shouldLeaveEnginesAloneForAWhileThatFail() throws InterruptedException {
        proxy.clock.stop();
        for (int i = 0; i < 5; i++) {
            client.send(Http.chat(BY_REMOTE));
            RawConnection pod = engine.accept();
            assertThat(pod.readMessage().firstLine()).startsWith("POST /tokenize ");
            pod.send(Http.answer("404 Not Found", "{}"));
            RawConnection next = engine.accept();
            next.readMessage();
            next.send(Http.ok(Http.ANSWER, "connection: close"));
            assertThat(client.readMessage().status()).isEqualTo(200);
            assertThat(shown()).isEmpty();
        }
        assertThat(proxy.count(FALLBACKS + "failed")).isEqualTo(5);
        client.send(Http.chat(BY_REMOTE));
        answer(engine.accept());
        assertThat(proxy.count(FALLBACKS + "paused")).isOne();
        assertThat(shown()).isEmpty();
        proxy.clock.addSeconds(6);
        client.send(Http.chat(BY_REMOTE));
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().firstLine()).startsWith("POST /tokenize ");
        pod.send(Http.ok(TOKENS));
        answer(pod);
        assertThat(shown()).containsExactly(7, 8);
    }

    @Test
    void shouldAskOnceMoreWhereAnIdleConnectionHasDied() throws InterruptedException {
        client.send(Http.chat());
        RawConnection idle = engine.accept();
        answer(idle);
        client.send(Http.chat(BY_REMOTE));
        assertThat(idle.readMessage().firstLine()).startsWith("POST /tokenize ");
        idle.close();
        RawConnection pod = engine.accept();
        assertThat(pod.readMessage().firstLine()).startsWith("POST /tokenize ");
        pod.send(Http.ok(TOKENS));
        answer(pod);
        assertThat(shown()).containsExactly(7, 8);
    }

    @Test
    void shouldCloseTheConnectionWhereTheClientGoes() {
        client.send(Http.chat(BY_REMOTE));
        RawConnection pod = engine.accept();
        pod.readMessage();
        client.reset();
        assertThat(pod.readToEnd()).isIn("", "<reset>");
        TestProxy.await("counted", () -> proxy.count("penstock_client_gone") == 1);
        assertThat(proxy.routers.tokens).isEmpty();
    }

    @Test
    void shouldAskOneHostAndOnlyOnceWhereARequestIsSentOnceMore() throws InterruptedException {
        try (FakeEngine tokenizer = new FakeEngine(); FakeEngine second = new FakeEngine()) {
            restart(TestProxy.tokenizing(Map.of("tokenizers.remote.deadline", "10s", "tokenizers.remote.url",
                    "http://127.0.0.1:" + tokenizer.port, "tokenizers.remote.path", "/v1/tokenize"),
                    Set.of("remote"), engine.port, second.port));
            client.send(Http.post("/v1/completions", "{\"model\":\"m\",\"prompt\":[\"hi\"]}", BY_REMOTE));
            RawConnection asked = tokenizer.accept();
            Message question = asked.readMessage();
            assertThat(question.firstLine()).isEqualTo("POST /v1/tokenize HTTP/1.1");
            assertThat(question.body()).isEqualTo("{\"model\":\"m\",\"prompt\":\"hi\"}");
            asked.send(Http.ok(TOKENS));
            RawConnection failing = engine.accept();
            failing.readMessage();
            failing.send(Http.answer("503 Service Unavailable", "{}"));
            RawConnection pod = second.accept();
            pod.readMessage();
            pod.send(Http.ok(Http.ANSWER));
            assertThat(client.readMessage().status()).isEqualTo(200);
            assertThat(asked.readToEnd()).isIn("", "<reset>");
            assertThat(tokenizer.untouched()).isTrue();
            assertThat(shown()).containsExactly(7, 8);
            assertThat(shown()).containsExactly(7, 8);
        }
    }
}
