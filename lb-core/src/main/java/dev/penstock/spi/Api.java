package dev.penstock.spi;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An inference call that clients make, known by its path.
 *
 * <p>Paths are matched after normalization, without query string and trailing slash.
 */
public enum Api {
    /** OpenAI chat completions. */
    CHAT_COMPLETIONS("/v1/chat/completions"),
    /** Anthropic messages. */
    MESSAGES("/v1/messages"),
    /** OpenAI responses. */
    RESPONSES("/v1/responses"),
    /** OpenAI text completions. */
    COMPLETIONS("/v1/completions"),
    /** OpenAI embeddings. */
    EMBEDDINGS("/v1/embeddings"),
    /** OpenAI image generation. */
    IMAGES("/v1/images/generations"),
    /** Video generation. */
    VIDEO("/v1/video/generations"),
    /** OpenAI audio transcription; the body is multipart. */
    TRANSCRIPTIONS("/v1/audio/transcriptions"),
    /** OpenAI audio translation; the body is multipart. */
    TRANSLATIONS("/v1/audio/translations"),
    /** Reranking of documents against a query. */
    RERANK("/v1/rerank"),
    /** Classification of texts. */
    CLASSIFY("/v1/classify"),
    /** OpenAI realtime: a WebSocket, whose model is in the query; there is no body. */
    REALTIME("/v1/realtime");

    private static final Map<String, Api> BY_PATH = byPath();

    private final String path;

    Api(String path) {
        this.path = path;
    }

    /** The normalized path, for example {@code /v1/chat/completions}. */
    public String path() {
        return path;
    }

    /** Whether the body is {@code multipart/form-data} instead of JSON. */
    public boolean multipart() {
        return this == TRANSCRIPTIONS || this == TRANSLATIONS;
    }

    /** The call at a normalized path, or null where there is none. */
    public static @Nullable Api atPath(String normalizedPath) {
        return BY_PATH.get(normalizedPath);
    }

    private static Map<String, Api> byPath() {
        Map<String, Api> map = new HashMap<>();
        for (Api api : values()) {
            map.put(api.path, api);
        }
        return Map.copyOf(map);
    }
}
