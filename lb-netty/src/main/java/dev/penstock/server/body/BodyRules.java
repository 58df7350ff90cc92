package dev.penstock.server.body;

import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What each call asks of its JSON body before Penstock routes it. Everything else is the engine's to judge.
 */
public final class BodyRules {
    private static final int MAX_EMBEDDING_ITEMS = 2048;
    private static final int MAX_TOKEN_ITEM = 2048;

    private BodyRules() {
    }

    /**
     * Why a body is not what the call asks for, or null if it is.
     *
     * <p>A missing model is left to the look-up of the model in calls where the field's clients know that answer.
     *
     * @param api a call whose body is JSON
     */
    public static @Nullable Violation check(Api api, BodyFacts body) {
        JsonKind model = body.kind(BodyKey.MODEL);
        if (!model.missing() && model != JsonKind.STRING) {
            return Violation.invalid("'model' must be a string", "model");
        }
        Violation stream = stream(api, body);
        if (stream != null) {
            return stream;
        }
        return switch (api) {
            case CHAT_COMPLETIONS, MESSAGES -> messages(body);
            case RESPONSES -> responses(body);
            case COMPLETIONS -> completions(body);
            case EMBEDDINGS -> embeddings(body);
            case IMAGES, VIDEO -> generation(body);
            case RERANK -> rerank(body);
            case CLASSIFY -> classify(body);
            case TRANSCRIPTIONS, TRANSLATIONS, REALTIME ->
                    throw new IllegalArgumentException(api + " has no JSON body");
        };
    }

    private static @Nullable Violation stream(Api api, BodyFacts body) {
        JsonKind stream = body.kind(BodyKey.STREAM);
        if (stream.missing() || stream == JsonKind.FALSE) {
            return null;
        }
        if (api == Api.EMBEDDINGS) {
            return Violation.of(ErrorCode.STREAM_NOT_SUPPORTED);
        }
        return stream == JsonKind.TRUE ? null : Violation.invalid("'stream' must be a boolean", "stream");
    }

    private static @Nullable Violation messages(BodyFacts body) {
        JsonKind kind = body.kind(BodyKey.MESSAGES);
        if (kind.missing() || (kind == JsonKind.ARRAY && body.empty(BodyKey.MESSAGES))) {
            return Violation.of(ErrorCode.NO_MESSAGES);
        }
        if (kind != JsonKind.ARRAY || !body.shape(BodyKey.MESSAGES).allAre(JsonKind.OBJECT)) {
            return Violation.invalid("'messages' must be an array of objects", "messages");
        }
        return null;
    }

    private static @Nullable Violation responses(BodyFacts body) {
        Violation model = required(body, BodyKey.MODEL);
        if (model != null) {
            return model;
        }
        JsonKind kind = body.kind(BodyKey.INPUT);
        if (kind.missing()) {
            return required(body, BodyKey.INPUT);
        }
        if (kind == JsonKind.STRING) {
            return null;
        }
        if (kind != JsonKind.ARRAY) {
            return plain("must be a string or an array of input items", "input");
        }
        return body.empty(BodyKey.INPUT) ? plain("array cannot be empty", "input") : null;
    }

    private static @Nullable Violation completions(BodyFacts body) {
        JsonKind kind = body.kind(BodyKey.PROMPT);
        if (kind.missing()) {
            return required(body, BodyKey.PROMPT);
        }
        ItemShape items = body.shape(BodyKey.PROMPT);
        boolean good = kind == JsonKind.STRING || (kind == JsonKind.ARRAY
                && (items.allAre(JsonKind.STRING) || items.allAre(JsonKind.INTEGER) || items.allAreIntegerArrays()));
        return good ? null : Violation.invalid(
                "'prompt' must be a string, an array of strings, or an array of tokens", "prompt");
    }

    private static @Nullable Violation embeddings(BodyFacts body) {
        JsonKind kind = body.kind(BodyKey.INPUT);
        if (kind.missing()) {
            return required(body, BodyKey.INPUT);
        }
        if (kind == JsonKind.STRING) {
            return body.empty(BodyKey.INPUT) ? Violation.invalid("'input' cannot be empty", "input") : null;
        }
        if (kind != JsonKind.ARRAY) {
            return Violation.invalid("'input' must be a string or an array", "input");
        }
        ItemShape items = body.shape(BodyKey.INPUT);
        if (items.count() == 0 || items.emptyItem()) {
            return Violation.invalid("'input' cannot be or contain anything empty", "input");
        }
        if (items.allAre(JsonKind.INTEGER)) {
            return items.count() <= MAX_TOKEN_ITEM ? null : tooManyTokens();
        }
        if (items.count() > MAX_EMBEDDING_ITEMS) {
            return Violation.invalid("'input' has more than " + MAX_EMBEDDING_ITEMS + " items", "input");
        }
        if (items.allAreIntegerArrays()) {
            return items.longestInner() <= MAX_TOKEN_ITEM ? null : tooManyTokens();
        }
        boolean good = items.allAre(JsonKind.STRING) || (items.allAre(JsonKind.OBJECT) && !items.unknownPart());
        return good ? null : Violation.invalid(
                "'input' must hold strings, tokens, arrays of tokens, or text, image and video parts", "input");
    }

    private static Violation tooManyTokens() {
        return Violation.invalid("an item of 'input' has more than " + MAX_TOKEN_ITEM + " tokens", "input");
    }

    private static @Nullable Violation generation(BodyFacts body) {
        Violation model = required(body, BodyKey.MODEL);
        return model != null ? model : string(body, BodyKey.PROMPT);
    }

    private static @Nullable Violation rerank(BodyFacts body) {
        Violation model = required(body, BodyKey.MODEL);
        if (model != null) {
            return model;
        }
        Violation query = string(body, BodyKey.QUERY);
        if (query != null) {
            return query;
        }
        if (body.kind(BodyKey.DOCUMENTS).missing()) {
            return required(body, BodyKey.DOCUMENTS);
        }
        return body.kind(BodyKey.DOCUMENTS) == JsonKind.ARRAY && !body.empty(BodyKey.DOCUMENTS)
                ? null
                : Violation.invalid("'documents' must be an array that is not empty", "documents");
    }

    private static @Nullable Violation classify(BodyFacts body) {
        Violation model = required(body, BodyKey.MODEL);
        if (model != null) {
            return model;
        }
        JsonKind kind = body.kind(BodyKey.INPUT);
        if (kind.missing()) {
            return required(body, BodyKey.INPUT);
        }
        boolean good = !body.empty(BodyKey.INPUT) && (kind == JsonKind.STRING
                || (kind == JsonKind.ARRAY && body.shape(BodyKey.INPUT).allAre(JsonKind.STRING)));
        return good ? null : Violation.invalid(
                "'input' must be a string or an array of strings, and not be empty", "input");
    }

    /** A string that is there and not empty. */
    private static @Nullable Violation string(BodyFacts body, BodyKey key) {
        JsonKind kind = body.kind(key);
        if (kind.missing() || body.empty(key)) {
            return plain("'" + key.text() + "' is a required property", key.text());
        }
        return kind == JsonKind.STRING ? null : Violation.invalid("'" + key.text() + "' must be a string", key.text());
    }

    private static @Nullable Violation required(BodyFacts body, BodyKey key) {
        return body.kind(key).missing() || (body.kind(key) == JsonKind.STRING && body.empty(key))
                ? plain("'" + key.text() + "' is a required property", key.text())
                : null;
    }

    /** Clients know these texts as they are, without a prefix. */
    private static Violation plain(String message, String param) {
        return new Violation(ErrorCode.INVALID_BODY, message, param);
    }
}
