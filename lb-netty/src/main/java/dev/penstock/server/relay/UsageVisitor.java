package dev.penstock.server.relay;

import dev.penstock.server.body.JsonKind;
import dev.penstock.server.body.JsonVisitor;
import dev.penstock.server.body.JsonWalker;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads usage and id by the structure of a JSON value: {@code usage}, {@code response.usage} and
 * {@code message.usage}, never the words inside a text. Confined to one event loop.
 */
final class UsageVisitor implements JsonVisitor {
    private static final byte[] USAGE = bytes("usage");
    private static final byte[] RESPONSE = bytes("response");
    private static final byte[] MESSAGE = bytes("message");
    private static final byte[] ID = bytes("id");
    private static final byte[] PROMPT_TOKENS = bytes("prompt_tokens");
    private static final byte[] INPUT_TOKENS = bytes("input_tokens");
    private static final byte[] COMPLETION_TOKENS = bytes("completion_tokens");
    private static final byte[] OUTPUT_TOKENS = bytes("output_tokens");
    private static final byte[] TOTAL_TOKENS = bytes("total_tokens");

    /** What a key on the way to something wanted is. */
    private enum Step { OTHER, USAGE, CARRIER, ID }

    final JsonWalker walker = new JsonWalker(this, 3);
    boolean wantId;
    @Nullable String id;
    /** Whether a usage object with a number was closed. */
    boolean usage;
    long prompt = -1;
    long completion = -1;

    private Step first = Step.OTHER;
    private Step second = Step.OTHER;
    private int token = -1;
    /** In the usage object that is walked: prompt, input, completion, output and total tokens. */
    private final long[] tokens = new long[5];

    /** Makes ready for the next value. */
    void begin() {
        walker.reset();
        id = null;
        usage = false;
        prompt = -1;
        completion = -1;
        first = Step.OTHER;
        second = Step.OTHER;
        token = -1;
    }

    @Override
    public boolean wantsText(int depth) {
        return switch (depth) {
            case 1 -> first == Step.ID && wantId;
            case 2 -> first == Step.CARRIER && second == Step.ID && wantId;
            default -> false;
        };
    }

    @Override
    public void key(int depth, int start, int end) {
        switch (depth) {
            case 1 -> {
                first = firstStep();
                second = Step.OTHER;
                token = -1;
            }
            case 2 -> {
                if (first == Step.USAGE) {
                    token = tokenKey();
                } else if (first == Step.CARRIER) {
                    second = walker.textIs(USAGE) ? Step.USAGE : walker.textIs(ID) ? Step.ID : Step.OTHER;
                }
            }
            default -> token = first == Step.CARRIER && second == Step.USAGE ? tokenKey() : -1;
        }
    }

    @Override
    public void value(int depth, JsonKind kind, int start, int end) {
        if (token >= 0 && kind == JsonKind.INTEGER && depth == usageDepth() + 1) {
            tokens[token] = Math.max(0, walker.integer());
        } else if (kind == JsonKind.STRING) {
            text(depth);
        }
    }

    @Override
    public void open(int depth, JsonKind kind, int start) {
        if (depth > 0 && depth == usageDepth()) {
            Arrays.fill(tokens, -1);
        }
    }

    @Override
    public void close(int depth, JsonKind kind, int end, boolean empty) {
        if (depth == 0 || depth != usageDepth()) {
            return;
        }
        long foundPrompt = tokens[0] >= 0 ? tokens[0] : tokens[1];
        long foundCompletion = tokens[2] >= 0 ? tokens[2] : tokens[3];
        if (foundCompletion < 0 && foundPrompt >= 0 && tokens[4] >= foundPrompt) {
            // Embeddings and reranking tell a total and no completion.
            foundCompletion = tokens[4] - foundPrompt;
        }
        usage |= foundPrompt >= 0 || foundCompletion >= 0;
        prompt = foundPrompt >= 0 ? foundPrompt : prompt;
        completion = foundCompletion >= 0 ? foundCompletion : completion;
        token = -1;
    }

    /** Depth of the usage object that the last keys lead to; -1 where they lead to none. */
    private int usageDepth() {
        if (first == Step.USAGE) {
            return 1;
        }
        return first == Step.CARRIER && second == Step.USAGE ? 2 : -1;
    }

    private void text(int depth) {
        if (wantId && (depth == 1 ? first == Step.ID : depth == 2 && second == Step.ID)) {
            id = walker.textString();
        }
    }

    private Step firstStep() {
        if (walker.textIs(USAGE)) {
            return Step.USAGE;
        }
        if (walker.textIs(RESPONSE) || walker.textIs(MESSAGE)) {
            return Step.CARRIER;
        }
        return walker.textIs(ID) ? Step.ID : Step.OTHER;
    }

    private int tokenKey() {
        if (walker.textIs(PROMPT_TOKENS)) {
            return 0;
        }
        if (walker.textIs(INPUT_TOKENS)) {
            return 1;
        }
        if (walker.textIs(COMPLETION_TOKENS)) {
            return 2;
        }
        if (walker.textIs(OUTPUT_TOKENS)) {
            return 3;
        }
        return walker.textIs(TOTAL_TOKENS) ? 4 : -1;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
