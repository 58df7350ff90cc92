package dev.penstock.server.relay;

import dev.penstock.spi.Api;
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
            out.append("{\"error\":");
            inner(out, code, message, param);
            out.append('}');
        }
    },
    /** As {@link #OPENAI}; its streams have events with a type, and an error is one of them. */
    RESPONSES {
        @Override
        void object(StringBuilder out, ErrorCode code, String message, @Nullable String param) {
            OPENAI.object(out, code, message, param);
        }

        @Override
        void event(StringBuilder out, ErrorCode code, String message, @Nullable String param) {
            out.append("event: error\ndata: {\"type\":\"error\",\"code\":");
            string(out, code.code());
            out.append(",\"message\":");
            string(out, message);
            out.append(",\"param\":");
            string(out, param);
            // Clients raise what has an error of its own, and hand on what has only the type.
            out.append(",\"error\":");
            inner(out, code, message, param);
            out.append('}');
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

        @Override
        void event(StringBuilder out, ErrorCode code, String message, @Nullable String param) {
            out.append("event: error\n");
            super.event(out, code, message, param);
        }
    };

    private static final String HEX = "0123456789abcdef";

    /** The value of {@code Content-Type} for {@link #bytes}. */
    public static final String CONTENT_TYPE = "application/json";

    /** The shape for clients of a call; null for those of none. */
    public static ErrorBody of(@Nullable Api api) {
        return api == Api.MESSAGES ? ANTHROPIC : api == Api.RESPONSES ? RESPONSES : OPENAI;
    }

    abstract void object(StringBuilder out, ErrorCode code, String message, @Nullable String param);

    void event(StringBuilder out, ErrorCode code, String message, @Nullable String param) {
        out.append("data: ");
        object(out, code, message, param);
    }

    private static void inner(StringBuilder out, ErrorCode code, String message, @Nullable String param) {
        out.append("{\"message\":");
        string(out, message);
        out.append(",\"type\":");
        string(out, code.type());
        out.append(",\"code\":");
        string(out, code.code());
        out.append(",\"param\":");
        string(out, param);
        out.append('}');
    }

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
        event(text, code, message, param);
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
