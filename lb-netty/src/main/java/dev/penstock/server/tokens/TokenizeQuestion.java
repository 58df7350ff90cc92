package dev.penstock.server.tokens;

import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyKey;
import dev.penstock.server.body.ItemShape;
import dev.penstock.server.body.JsonKind;
import dev.penstock.server.body.JsonQuotes;
import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is asked at {@code /tokenize}: the parts of the client's body that make the prompt, byte for byte as
 * they were sent. A chat goes through the engine's chat template.
 */
public final class TokenizeQuestion {

    private final BodyFacts facts;
    private final ByteBuf body;
    private final ByteArrayOutputStream out;

    private TokenizeQuestion(BodyFacts facts, ByteBuf body) {
        this.facts = facts;
        this.body = body;
        this.out = new ByteArrayOutputStream(256 + facts.length());
    }

    /**
     * The question; null where engines have none for such a request.
     *
     * @param body the readable bytes that were scanned; its reader index stays where it is
     * @param model the model that the engine knows
     */
    public static byte @Nullable [] of(BodyFacts facts, ByteBuf body, Api api, String model) {
        TokenizeQuestion question = new TokenizeQuestion(facts, body);
        question.text("{\"model\":" + JsonQuotes.append(new StringBuilder(), model));
        boolean asked = switch (api) {
            case CHAT_COMPLETIONS -> question.chat(null, BodyKey.MESSAGES);
            case MESSAGES -> question.chat(BodyKey.SYSTEM, BodyKey.MESSAGES);
            case RESPONSES -> question.chat(BodyKey.INSTRUCTIONS, BodyKey.INPUT);
            case COMPLETIONS -> question.completion();
            case EMBEDDINGS, CLASSIFY, RERANK, IMAGES, VIDEO, TRANSCRIPTIONS, TRANSLATIONS, REALTIME -> false;
        };
        return asked ? question.out.toByteArray() : null;
    }

    private boolean completion() {
        int from = facts.start(BodyKey.PROMPT);
        int to = facts.end(BodyKey.PROMPT);
        ItemShape items = facts.shape(BodyKey.PROMPT);
        if (facts.kind(BodyKey.PROMPT) == JsonKind.ARRAY && items.count() == 1 && items.allAre(JsonKind.STRING)) {
            // Without its brackets: the one text of a list.
            from++;
            to--;
        } else if (facts.kind(BodyKey.PROMPT) != JsonKind.STRING) {
            return false;
        }
        text(",\"prompt\":");
        bytes(from, to);
        text("}");
        return true;
    }

    private boolean chat(@Nullable BodyKey system, BodyKey growing) {
        JsonKind kind = facts.kind(growing);
        if (kind != JsonKind.ARRAY && kind != JsonKind.STRING) {
            return false;
        }
        text(",\"messages\":[");
        if (system != null && !facts.kind(system).missing() && !facts.empty(system)) {
            text("{\"role\":\"system\",\"content\":");
            value(system);
            text(facts.empty(growing) ? "}" : "},");
        }
        if (kind == JsonKind.STRING) {
            text("{\"role\":\"user\",\"content\":");
            value(growing);
            text("}");
        } else {
            bytes(facts.start(growing) + 1, facts.end(growing) - 1);
        }
        text("]");
        if (facts.kind(BodyKey.TOOLS) == JsonKind.ARRAY) {
            text(",\"tools\":");
            value(BodyKey.TOOLS);
        }
        // The template writes the special tokens itself.
        text(",\"add_generation_prompt\":true,\"add_special_tokens\":false}");
        return true;
    }

    private void value(BodyKey key) {
        bytes(facts.start(key), facts.end(key));
    }

    private void bytes(int from, int to) {
        byte[] copy = new byte[to - from];
        body.getBytes(body.readerIndex() + from, copy);
        out.writeBytes(copy);
    }

    private void text(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
