package dev.penstock.server.body;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers, during the walk of a body, what {@link BodyFacts} tells of it. Confined to one event loop. */
final class BodyCollector implements JsonVisitor {
    /** Members of the items of a top-level array are the deepest thing a rule asks for. */
    private static final int INTEREST = 3;
    private static final byte[] INCLUDE_USAGE = "include_usage".getBytes(StandardCharsets.US_ASCII);

    final JsonWalker walker = new JsonWalker(this, INTEREST);
    final byte[] kinds = new byte[BodyKey.COUNT];
    final int[] bounds = new int[2 * BodyKey.COUNT];
    /** One bit for each key whose value is an empty string, array or object. */
    int empties;
    final ItemShape[] shapes = new ItemShape[BodyKey.COUNT];
    private final PromptSpans spans = new PromptSpans();
    private final ItemCollector items = new ItemCollector();

    @Nullable BodyKey ambiguous;
    @Nullable String model;
    @Nullable String user;
    @Nullable String previousResponseId;
    JsonKind includeUsage = JsonKind.ABSENT;
    int includeUsageStart;
    int includeUsageEnd;
    int rootStart;
    boolean rootEmpty;
    /** Bytes of all texts for routing, as they are written. */
    long promptBytes;

    private final long[] maxTokens = new long[3];
    private boolean collectPrompt;
    /** The top-level key whose value is walked, or null while it is one that nothing is decided by. */
    private @Nullable BodyKey current;
    private boolean inArray;
    private boolean atIncludeUsage;
    private int itemStart;
    private int memberStart;

    void reset(boolean prompt) {
        Arrays.fill(kinds, (byte) 0);
        Arrays.fill(bounds, -1);
        empties = 0;
        Arrays.fill(shapes, ItemShape.NONE);
        Arrays.fill(maxTokens, -1);
        spans.clear();
        collectPrompt = prompt;
        ambiguous = null;
        model = null;
        user = null;
        previousResponseId = null;
        includeUsage = JsonKind.ABSENT;
        includeUsageStart = -1;
        includeUsageEnd = -1;
        rootStart = 0;
        rootEmpty = false;
        promptBytes = 0;
        current = null;
        inArray = false;
        atIncludeUsage = false;
    }

    int[] spans() {
        return spans.toArray();
    }

    long maxTokens() {
        for (long tokens : maxTokens) {
            if (tokens >= 0) {
                return tokens;
            }
        }
        return -1;
    }

    @Override
    public boolean wantsText(int depth) {
        if (depth == 1) {
            return current == BodyKey.MODEL || current == BodyKey.USER || current == BodyKey.PREVIOUS_RESPONSE_ID;
        }
        return depth == 3 && items.atType() && current == BodyKey.INPUT;
    }

    @Override
    public void key(int depth, int start, int end) {
        if (depth == 1) {
            topLevelKey(start);
        } else if (depth == 2) {
            atIncludeUsage = current == BodyKey.STREAM_OPTIONS && includeUsageKey(start);
        } else if (inArray && (current == BodyKey.INPUT || current == BodyKey.MESSAGES)) {
            items.key(walker);
        }
    }

    @Override
    public void value(int depth, JsonKind kind, int start, int end) {
        boolean empty = kind == JsonKind.STRING && end - start == 2;
        switch (depth) {
            case 0 -> walker.fail("expected an object", start);
            case 1 -> topLevelValue(kind, start, end, empty);
            case 2 -> {
                if (atIncludeUsage) {
                    includeUsage(kind, start, end);
                } else if (inArray) {
                    items.item(kind, empty);
                    if (kind == JsonKind.STRING && current != BodyKey.MESSAGES) {
                        span(start, end, true);
                    }
                }
            }
            default -> {
                if (inArray) {
                    member(kind, empty, start, end);
                }
            }
        }
    }

    @Override
    public void open(int depth, JsonKind kind, int start) {
        switch (depth) {
            case 0 -> {
                rootStart = start;
                if (kind == JsonKind.ARRAY) {
                    walker.fail("expected an object", start);
                }
            }
            case 1 -> {
                inArray = kind == JsonKind.ARRAY && current != null;
                if (current != null) {
                    bounds[2 * current.index()] = start;
                    items.begin();
                }
            }
            case 2 -> {
                itemStart = start;
                if (inArray) {
                    items.open(kind);
                }
            }
            default -> memberStart = start;
        }
    }

    @Override
    public void close(int depth, JsonKind kind, int end, boolean empty) {
        switch (depth) {
            case 0 -> rootEmpty = empty;
            case 1 -> {
                if (current != null) {
                    topLevelValue(kind, bounds[2 * current.index()], end, empty);
                    shapes[current.index()] = inArray ? items.shape() : ItemShape.NONE;
                }
                inArray = false;
                atIncludeUsage = false;
            }
            case 2 -> {
                if (atIncludeUsage) {
                    includeUsage(kind, itemStart, end);
                } else if (inArray) {
                    items.close(empty);
                    if (kind == JsonKind.OBJECT && current == BodyKey.DOCUMENTS) {
                        span(itemStart, end, false);
                    }
                }
            }
            default -> {
                if (inArray) {
                    member(kind, empty, memberStart, end);
                }
            }
        }
    }

    private void topLevelKey(int start) {
        byte[] text = walker.text();
        int length = walker.textLength();
        BodyKey key = length < 0 ? null : BodyKey.of(text, length);
        if (walker.textEscaped()) {
            // A parser that compares unescaped sees the key; one that compares as sent, or stops at NUL, does not.
            BodyKey disguised = key == null ? BodyKey.of(text, lengthBeforeNul(text, length)) : key;
            if (disguised != null) {
                refuse(disguised, start);
                return;
            }
        }
        if (key != null && kinds[key.index()] != 0) {
            refuse(key, start);
            return;
        }
        current = key;
    }

    private static int lengthBeforeNul(byte[] text, int length) {
        int at = 0;
        while (at < length && text[at] != 0) {
            at++;
        }
        return at;
    }

    private boolean includeUsageKey(int start) {
        if (!walker.textIs(INCLUDE_USAGE)) {
            return false;
        }
        if (walker.textEscaped() || includeUsage != JsonKind.ABSENT) {
            refuse(BodyKey.STREAM_OPTIONS, start);
        }
        return true;
    }

    private void refuse(BodyKey key, int offset) {
        ambiguous = key;
        walker.fail("ambiguous key", offset);
    }

    private void includeUsage(JsonKind kind, int start, int end) {
        includeUsage = kind;
        includeUsageStart = start;
        includeUsageEnd = end;
        atIncludeUsage = false;
    }

    private void topLevelValue(JsonKind kind, int start, int end, boolean empty) {
        BodyKey key = current;
        if (key == null) {
            return;
        }
        int index = key.index();
        kinds[index] = (byte) kind.code();
        bounds[2 * index] = start;
        bounds[2 * index + 1] = end;
        empties |= empty ? 1 << index : 0;
        if (kind == JsonKind.STRING) {
            string(key, start, end);
        } else if (kind == JsonKind.INTEGER) {
            integer(key);
        }
    }

    private void string(BodyKey key, int start, int end) {
        switch (key) {
            case MODEL -> model = text(key, start);
            case USER -> user = text(key, start);
            case PREVIOUS_RESPONSE_ID -> previousResponseId = text(key, start);
            case PROMPT, INPUT, QUERY -> span(start, end, true);
            default -> { }
        }
    }

    private void integer(BodyKey key) {
        switch (key) {
            case MAX_TOKENS -> maxTokens[0] = walker.integer();
            case MAX_COMPLETION_TOKENS -> maxTokens[1] = walker.integer();
            case MAX_OUTPUT_TOKENS -> maxTokens[2] = walker.integer();
            default -> { }
        }
    }

    private @Nullable String text(BodyKey key, int offset) {
        if (walker.textLength() < 0) {
            walker.fail(key.text() + " is too long", offset);
        } else if (walker.textBroken()) {
            walker.fail(key.text() + " is not text", offset);
        }
        return walker.textString();
    }

    private void member(JsonKind kind, boolean empty, int start, int end) {
        if (items.atContent() && (kind == JsonKind.STRING || kind == JsonKind.ARRAY || kind == JsonKind.OBJECT)) {
            span(start, end, kind == JsonKind.STRING);
        }
        items.member(kind, empty, walker);
    }

    private void span(int start, int end, boolean string) {
        BodyKey key = current;
        promptBytes += end - start - (string ? 2 : 0);
        if (collectPrompt && key != null) {
            spans.add(key, start, end, string);
        }
    }
}
