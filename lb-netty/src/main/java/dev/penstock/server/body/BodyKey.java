package dev.penstock.server.body;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A top-level key of a JSON request that Penstock decides by. Twice, or disguised by escapes, it is an error. */
public enum BodyKey {
    /** Name of the model. */
    MODEL("model"),
    /** Whether the answer is to be streamed. */
    STREAM("stream"),
    /** Most tokens to generate; older name. */
    MAX_TOKENS("max_tokens"),
    /** Most tokens to generate; chat completions. */
    MAX_COMPLETION_TOKENS("max_completion_tokens"),
    /** Most tokens to generate; responses. */
    MAX_OUTPUT_TOKENS("max_output_tokens"),
    /** The end user, as the client tells it. */
    USER("user"),
    /** Prompt of completions, images and video. */
    PROMPT("prompt"),
    /** Messages of a chat. */
    MESSAGES("messages"),
    /** Input of responses, embeddings and classification. */
    INPUT("input"),
    /** Query of a reranking. */
    QUERY("query"),
    /** Documents of a reranking. */
    DOCUMENTS("documents"),
    /** System prompt of Anthropic messages. */
    SYSTEM("system"),
    /** Options of streaming, among them {@code include_usage}. */
    STREAM_OPTIONS("stream_options"),
    /** The response that this request continues. */
    PREVIOUS_RESPONSE_ID("previous_response_id");

    static final int COUNT = values().length;
    static final int LONGEST = longest();
    /** By length, so that most unknown keys are told apart without looking at a byte. */
    private static final BodyKey[][] BY_LENGTH = byLength();

    private final String text;
    private final byte[] bytes;

    BodyKey(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The key as it is written. */
    public String text() {
        return text;
    }

    static @Nullable BodyKey of(byte[] bytes, int length) {
        if (length > LONGEST) {
            return null;
        }
        for (BodyKey key : BY_LENGTH[length]) {
            if (Arrays.equals(key.bytes, 0, length, bytes, 0, length)) {
                return key;
            }
        }
        return null;
    }

    private static int longest() {
        int longest = 0;
        for (BodyKey key : values()) {
            longest = Math.max(longest, key.bytes.length);
        }
        return longest;
    }

    private static BodyKey[][] byLength() {
        BodyKey[][] table = new BodyKey[longest() + 1][];
        for (int length = 0; length < table.length; length++) {
            int wanted = length;
            table[length] = Arrays.stream(values()).filter(key -> key.bytes.length == wanted).toArray(BodyKey[]::new);
        }
        return table;
    }
}
