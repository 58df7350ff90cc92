package dev.penstock.server.body;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A top-level key of a JSON request that Penstock decides by. Twice, or disguised by escapes, it is an error. */
public enum BodyKey {
    /** Name of the model. */
    MODEL(0, "model"),
    /** Whether the answer is to be streamed. */
    STREAM(1, "stream"),
    /** Most tokens to generate; older name. */
    MAX_TOKENS(2, "max_tokens"),
    /** Most tokens to generate; chat completions. */
    MAX_COMPLETION_TOKENS(3, "max_completion_tokens"),
    /** Most tokens to generate; responses. */
    MAX_OUTPUT_TOKENS(4, "max_output_tokens"),
    /** The end user, as the client tells it. */
    USER(5, "user"),
    /** Prompt of completions, images and video. */
    PROMPT(6, "prompt"),
    /** Messages of a chat. */
    MESSAGES(7, "messages"),
    /** Input of responses, embeddings and classification. */
    INPUT(8, "input"),
    /** Query of a reranking. */
    QUERY(9, "query"),
    /** Documents of a reranking. */
    DOCUMENTS(10, "documents"),
    /** System prompt of Anthropic messages. */
    SYSTEM(11, "system"),
    /** Options of streaming, among them {@code include_usage}. */
    STREAM_OPTIONS(12, "stream_options"),
    /** The response that this request continues. */
    PREVIOUS_RESPONSE_ID(13, "previous_response_id"),
    /** Tools that the model may call; engines put them before the messages. */
    TOOLS(14, "tools"),
    /** System prompt of responses. */
    INSTRUCTIONS(15, "instructions");

    static final int COUNT = values().length;
    static final int LONGEST = longest();
    /** By length, so that most unknown keys are told apart without looking at a byte. */
    private static final BodyKey[][] BY_LENGTH = byLength();

    private final int index;
    private final String text;

    BodyKey(int index, String text) {
        this.index = index;
        this.text = text;
    }

    /** The key as it is written. */
    public String text() {
        return text;
    }

    /** The place of this key in tables. */
    int index() {
        return index;
    }

    static @Nullable BodyKey of(byte[] bytes, int length) {
        if (length > LONGEST) {
            return null;
        }
        for (BodyKey key : BY_LENGTH[length]) {
            if (key.isText(bytes)) {
                return key;
            }
        }
        return null;
    }

    private boolean isText(byte[] bytes) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes[i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int longest() {
        int longest = 0;
        for (BodyKey key : values()) {
            longest = Math.max(longest, key.text.length());
        }
        return longest;
    }

    private static BodyKey[][] byLength() {
        BodyKey[][] table = new BodyKey[longest() + 1][];
        for (int length = 0; length < table.length; length++) {
            int wanted = length;
            table[length] = Arrays.stream(values()).filter(key -> key.text.length() == wanted).toArray(BodyKey[]::new);
        }
        return table;
    }
}
