package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyScanner;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What engines are asked, by what clients have sent. */
class TokenizeQuestionTest {
    private static final String CHAT = ",\"add_generation_prompt\":true,\"add_special_tokens\":false}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", quoteCharacter = '`', value = {
        "CHAT_COMPLETIONS|{\"messages\":[{\"role\":\"user\"}]}|"
                + "{\"model\":\"a\\\"b\",\"messages\":[{\"role\":\"user\"}]",
        "CHAT_COMPLETIONS|{\"tools\":[1], \"messages\":[ ]}|{\"model\":\"a\\\"b\",\"messages\":[ ],\"tools\":[1]",
        "CHAT_COMPLETIONS|{\"tools\":null,\"messages\":[1 ]}|{\"model\":\"a\\\"b\",\"messages\":[1 ]",
        "MESSAGES|{\"system\":\"be\",\"messages\":[1]}|"
                + "{\"model\":\"a\\\"b\",\"messages\":[{\"role\":\"system\",\"content\":\"be\"},1]",
        "MESSAGES|{\"system\":[{\"type\":\"text\"}],\"messages\":[]}|"
                + "{\"model\":\"a\\\"b\",\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\"}]}]",
        "MESSAGES|{\"system\":\"\",\"messages\":[1]}|{\"model\":\"a\\\"b\",\"messages\":[1]",
        "RESPONSES|{\"input\":\"hi\",\"instructions\":\"be\"}|{\"model\":\"a\\\"b\",\"messages\":[{\"role\":\"system\","
                + "\"content\":\"be\"},{\"role\":\"user\",\"content\":\"hi\"}]",
        "RESPONSES|{\"input\":[1,2]}|{\"model\":\"a\\\"b\",\"messages\":[1,2]"})
    void shouldAskForAChat(Api api, String body, String expected) {
        assertThat(question(api, body)).isEqualTo(expected + CHAT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", quoteCharacter = '`', value = {
        "COMPLETIONS|{\"prompt\":\"\\u00e9\"}|{\"model\":\"a\\\"b\",\"prompt\":\"\\u00e9\"}",
        "COMPLETIONS|{\"prompt\":[\"x\"]}|{\"model\":\"a\\\"b\",\"prompt\":\"x\"}",
        "COMPLETIONS|{\"prompt\":[\"x\",\"y\"]}|null",
        "COMPLETIONS|{\"prompt\":[[1]]}|null",
        "CHAT_COMPLETIONS|{\"messages\":1}|null",
        "EMBEDDINGS|{\"input\":\"x\"}|null",
        "RERANK|{\"query\":\"x\"}|null"})
    void shouldAskForAPromptOrNotAtAll(Api api, String body, @Nullable String expected) {
        assertThat(question(api, body)).isEqualTo(expected);
    }

    private static @Nullable String question(Api api, String text) {
        ByteBuf body = Unpooled.wrappedBuffer(("--" + text).getBytes(StandardCharsets.UTF_8)).skipBytes(2);
        BodyScanner scanner = new BodyScanner(new ScanScratch());
        scanner.reset(false);
        assertThat(scanner.scan(body)).isTrue();
        assertThat(scanner.finish()).isNull();
        BodyFacts facts = scanner.facts();
        byte[] question = TokenizeQuestion.of(facts, body, api, "a\"b");
        return question == null ? null : new String(question, StandardCharsets.UTF_8);
    }
}
