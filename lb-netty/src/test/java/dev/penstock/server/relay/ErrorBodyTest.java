package dev.penstock.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ErrorBodyTest {

    @Test
    void shouldHaveTheShapeOfOpenAi() {
        assertThat(text(ErrorBody.OPENAI, "model \"a\\b\" does not exist\n", "model")).isEqualTo(
                "{\"error\":{\"message\":\"model \\\"a\\\\b\\\" does not exist\\n\",\"type\":\"invalid_request_error\","
                + "\"code\":\"model_not_found\",\"param\":\"model\"}}");
        assertThat(text(ErrorBody.OPENAI, "x", null)).endsWith("\"param\":null}}");
    }

    @Test
    void shouldHaveTheShapeOfAnthropic() {
        assertThat(text(ErrorBody.ANTHROPIC, "x", "model")).isEqualTo(
                "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"x\"}}");
    }

    @Test
    void shouldStayJsonWhateverTheMessage() throws Exception {
        for (String message : new String[] {"\u0000\u0001\u001f", "é漢😀", "a\ud800b", "\udc00", "\ud800\ud800\udc00",
            "\t\r/"}) {
            byte[] body = ErrorBody.OPENAI.bytes(ErrorCode.INTERNAL, message, message);
            assertThat(new ObjectMapper().readTree(body).path("error").path("message").textValue()).isEqualTo(message);
        }
    }

    @Test
    void shouldEndAStreamWithAnEvent() {
        ByteBuf out = ByteBufAllocator.DEFAULT.buffer();
        ErrorBody.OPENAI.writeEvent(out, ErrorCode.UPSTREAM_RESET, "é", null);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("\n\ndata: {\"error\":{\"message\":\"é\","
                + "\"type\":\"api_error\",\"code\":\"bad_gateway\",\"param\":null}}\n\n");
        out.clear();
        ErrorBody.ANTHROPIC.writeEvent(out, ErrorCode.IDLE_TIMEOUT, "x", null);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("\n\nevent: error\ndata: {\"type\":\"error\","
                + "\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}\n\n");
        out.release();
    }

    private static String text(ErrorBody shape, String message, @Nullable String param) {
        return new String(shape.bytes(ErrorCode.MODEL_NOT_FOUND, message, param), StandardCharsets.UTF_8);
    }
}
