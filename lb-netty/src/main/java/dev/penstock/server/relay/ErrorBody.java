package dev.penstock.server.relay;

import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bodies and stream events in which Penstock tells an error of its own, in the shape that the client's library
 * reads: OpenAI's, or Anthropic's for its messages.
 */
public enum ErrorBody {
    /** {@code {"error":{"message","type","code","param"}}}. */
    OPENAI {
        @Override
        void object(StringBuilder out, ErrorCode code, String message, @Nullable String param) {
            out.append("{\"error\":{\"message\":");
            string(out, message);
            out.append(",\"type\":");
            string(out, code.type());
            out.append(",\"code\":");
            string(out, code.code());
            out.append(",\"param\":");
            string(out, param);
            out.append("}}");
        }
    },
    /** {@code {"type":"error","error":{"type","message"}}}. */
    ANTHROPIC {
        @Override
        void object(StringBuilder out, ErrorCode code, String message, @Nullable String param) {
            out.append("{\"type\":\"error\",\"error\":{\"type\":");
            string(out, code.type());
            out.append(",\"message\":");
            string(out, message);
            out.append("}}");
        }
    };

    private static final String HEX = "0123456789abcdef";

    /** The value of {@code Content-Type} for {@link #bytes}. */
    public static final String CONTENT_TYPE = "application/json";

    abstract void object(StringBuilder out, ErrorCode code, String message, @Nullable String param);

    /**
     * The body of an answer, UTF-8.
     *
     * @param message text for {@code error.message}
     * @param param value of {@code error.param}, or null
     */
    public byte[] bytes(ErrorCode code, String message, @Nullable String param) {
        StringBuilder out = new StringBuilder(160 + message.length());
        object(out, code, message, param);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Writes the event that ends a stream which has begun. Two line breaks go before it, for the pod may have stopped
     * in the middle of an event; a client skips them elsewhere.
     */
    public void writeEvent(ByteBuf out, ErrorCode code, String message, @Nullable String param) {
        StringBuilder text = new StringBuilder(200 + message.length());
        text.append("\n\n");
        if (this == ANTHROPIC) {
            text.append("event: error\n");
        }
        text.append("data: ");
        object(text, code, message, param);
        text.append("\n\n");
        ByteBufUtil.writeUtf8(out, text);
    }

    private static void string(StringBuilder out, @Nullable String value) {
        if (value == null) {
            out.append("null");
            return;
        }
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || (Character.isSurrogate(c) && !paired(value, i))) {
                        out.append("\\u").append(HEX.charAt(c >> 12)).append(HEX.charAt((c >> 8) & 15))
                                .append(HEX.charAt((c >> 4) & 15)).append(HEX.charAt(c & 15));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean paired(String value, int i) {
        return Character.isHighSurrogate(value.charAt(i))
                ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }
}
