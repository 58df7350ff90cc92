package dev.penstock.server.body;

import org.jspecify.annotations.Nullable;

/**
 * What one pass over a JSON request body found. Immutable; offsets count from the first byte of the body.
 */
public final class BodyFacts {
    private final byte[] kinds;
    private final int[] bounds;
    private final int empties;
    private final ItemShape[] shapes;
    private final int[] spans;
    private final int rootStart;
    private final boolean rootEmpty;
    private final int length;
    private final JsonKind includeUsage;
    private final int includeUsageStart;
    private final int includeUsageEnd;
    private final @Nullable String model;
    private final @Nullable String user;
    private final @Nullable String previousResponseId;
    private final long maxTokens;
    private final long promptBytes;

    BodyFacts(BodyCollector found, int length) {
        this.kinds = found.kinds.clone();
        this.bounds = found.bounds.clone();
        this.empties = found.empties;
        this.shapes = found.shapes.clone();
        this.spans = found.spans();
        this.rootStart = found.rootStart;
        this.rootEmpty = found.rootEmpty;
        this.length = length;
        this.includeUsage = found.includeUsage;
        this.includeUsageStart = found.includeUsageStart;
        this.includeUsageEnd = found.includeUsageEnd;
        this.model = found.model;
        this.user = found.user;
        this.previousResponseId = found.previousResponseId;
        this.maxTokens = found.maxTokens();
        this.promptBytes = found.promptBytes;
    }

    /** What the value of a key is; {@link JsonKind#ABSENT} where there is none. */
    public JsonKind kind(BodyKey key) {
        return JsonKind.ofCode(kinds[key.index()]);
    }

    /** Offset of the first byte of the value, or -1 where there is none. */
    public int start(BodyKey key) {
        return bounds[2 * key.index()];
    }

    /** Offset behind the last byte of the value, or -1 where there is none. */
    public int end(BodyKey key) {
        return bounds[2 * key.index() + 1];
    }

    /** Whether the value is an empty string, array or object. */
    public boolean empty(BodyKey key) {
        return (empties & (1 << key.index())) != 0;
    }

    /** What the items of an array are; for anything else a shape without items. */
    public ItemShape shape(BodyKey key) {
        return shapes[key.index()];
    }

    /** The model, or null where it is missing or not a string. */
    public @Nullable String model() {
        return model;
    }

    /** Whether the answer is to be streamed. */
    public boolean stream() {
        return kind(BodyKey.STREAM) == JsonKind.TRUE;
    }

    /**
     * The most tokens to generate: {@code max_tokens}, else {@code max_completion_tokens}, else
     * {@code max_output_tokens}; -1 where none is a non-negative integer.
     */
    public long maxTokens() {
        return maxTokens;
    }

    /** Bytes of the texts that make the prompt, as they are written: without names, roles and parameters. */
    public long promptBytes() {
        return promptBytes;
    }

    /** The end user as the body tells it, or null where it is missing or not a string. */
    public @Nullable String user() {
        return user;
    }

    /** Id of the response that this request continues, or null. */
    public @Nullable String previousResponseId() {
        return previousResponseId;
    }

    /** What {@code stream_options.include_usage} is. */
    public JsonKind includeUsage() {
        return includeUsage;
    }

    /** Whether the client asked for usage in the stream. */
    public boolean usageAsked() {
        return includeUsage == JsonKind.TRUE;
    }

    /** Number of bytes scanned. */
    public int length() {
        return length;
    }

    int includeUsageStart() {
        return includeUsageStart;
    }

    int includeUsageEnd() {
        return includeUsageEnd;
    }

    /** Offset of the opening brace. */
    int rootStart() {
        return rootStart;
    }

    boolean rootEmpty() {
        return rootEmpty;
    }

    /** Texts for routing, in the order of the body: key, start, end, and 1 for a string; see {@link PromptSpans}. */
    int[] spans() {
        return spans;
    }
}
