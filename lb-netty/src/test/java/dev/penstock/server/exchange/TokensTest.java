package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Prompts that become tokens in this process before a router sees them. */
@Timeout(30)
class TokensTest {
    private static final int HI = 0x68690000;

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = TestProxy.tokenizing(Map.of("tokenizers.models", "m=characters",
            "tokenizers.deadline", "10s"), Set.of("characters", "cl100k_base"), engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        proxy.awaitIdle();
        client.close();
        proxy.close();
        engine.close();
    }

    private int[] tokens(String path, String body, String strategy) throws InterruptedException {
        client.send(Http.post(path, body, "routing-strategy: " + strategy));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok(Http.ANSWER, "connection: close"));
        assertThat(client.readMessage().status()).isEqualTo(200);
        int[] tokens = proxy.routers.tokens.poll(10, TimeUnit.SECONDS);
        assertThat(tokens).isNotNull();
        return tokens;
    }

    private static String chat(String content) {
        return Http.CHAT.replace("\"hi\"", "\"" + content + "\"");
    }

    @Test
    void shouldShowRoutersThePromptAsTokens() throws InterruptedException {
        assertThat(tokens("/v1/chat/completions", Http.CHAT, "by-characters")).containsExactly(HI);
        assertThat(tokens("/v1/chat/completions", chat("hello world"), "by-cl100k-base")).containsExactly(15339, 1917);
        assertThat(tokens("/v1/completions", "{\"model\":\"m\",\"prompt\":\"hello\\u0020world\"}", "by-cl100k-base"))
                .containsExactly(15339, 1917);
    }

    @Test
    void shouldTakeTheTokenizerOfTheModelWhereTheRouterLeavesItOpen() throws InterruptedException {
        assertThat(tokens("/v1/chat/completions", Http.CHAT, "by-auto")).containsExactly(HI);
    }

    @Test
    void shouldTakeTokensThatTheClientHasMade() throws InterruptedException {
        assertThat(tokens("/v1/completions", "{\"model\":\"m\",\"prompt\":[1, 22,\n2147483647]}", "by-cl100k-base"))
                .containsExactly(1, 22, Integer.MAX_VALUE);
    }

    @Test
    void shouldMakeNoneOfWhatHasNoText() throws InterruptedException {
        assertThat(tokens("/v1/embeddings", "{\"model\":\"m\",\"input\":\"hello\"}", "by-cl100k-base")).isEmpty();
        assertThat(tokens("/v1/completions", "{\"model\":\"m\",\"prompt\":[-1]}", "by-cl100k-base")).isEmpty();
    }

    @Test
    void shouldMakeTheTokensOfLongPromptsElsewhere() throws InterruptedException {
        String prompt = "word ".repeat(20_000);
        assertThat(tokens("/v1/chat/completions", chat(prompt), "by-characters")).hasSize(prompt.length() / 4);
        assertThat(tokens("/v1/chat/completions", chat(prompt), "by-cl100k-base")).hasSizeGreaterThan(20_000);
    }

    @Test
    void shouldGoOnWithoutTokensWhereThePromptIsTooLong() throws InterruptedException {
        proxy.settings.bodyLimit = 1 << 26;
        assertThat(tokens("/v1/chat/completions", chat("x".repeat(8 << 20)), "by-characters")).isEmpty();
        assertThat(proxy.count("penstock_tokenizer_fallbackstokenizer/characters/reason/too-large")).isOne();
    }

    @Test
    void shouldGoOnWithoutTokensWhereThereIsNoRoomForThem() throws InterruptedException {
        long all = proxy.budget.limit() - Http.CHAT.length() - 3;
        assertThat(proxy.budget.tryTake(all)).isTrue();
        assertThat(tokens("/v1/chat/completions", Http.CHAT, "by-characters")).isEmpty();
        assertThat(proxy.count("penstock_tokenizer_fallbackstokenizer/characters/reason/memory")).isOne();
        proxy.budget.release(all);
    }
}
