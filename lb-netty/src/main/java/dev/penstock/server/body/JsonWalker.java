package dev.penstock.server.body;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks JSON text once, in pieces cut anywhere, and tells a {@link JsonVisitor} what it passes. Confined to one event
 * loop; allocates nothing for a byte, a token or a piece.
 *
 * <p>Strict: RFC 8259, UTF-8, no byte order mark, {@value #MAX_DEPTH} levels. Below the depth of interest only the
 * grammar is checked.
 */
public final class JsonWalker implements ByteSink {
    /** Deepest nesting that is accepted. */
    public static final int MAX_DEPTH = 512;
    /** Longest text that is kept of a key or value, in bytes. */
    public static final int MAX_TEXT = 4096;

    private static final int VALUE = 0;
    private static final int FIRST_ITEM = 1;
    private static final int FIRST_KEY = 2;
    private static final int KEY = 3;
    private static final int COLON = 4;
    private static final int NEXT = 5;
    private static final int STRING = 6;
    private static final int NUMBER = 7;
    private static final int LITERAL = 8;
    private static final int DONE = 9;
    private static final int FAILED = 10;

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final JsonVisitor visitor;
    private final int interest;
    private final JsonString string = new JsonString();
    private final JsonNumber number = new JsonNumber();
    private final long[] objects = new long[MAX_DEPTH / Long.SIZE];

    private int state;
    private int depth;
    private int consumed;
    private int tokenStart;
    private boolean isKey;
    private byte[] literal = NULL;
    private int literalIndex;
    private @Nullable String failure;
    private int failureOffset;

    /**
     * A walker ready for its first text.
     *
     * @param interest the visitor is told of what is in at most this many containers
     */
    public JsonWalker(JsonVisitor visitor, int interest) {
        this.visitor = visitor;
        this.interest = interest;
    }

    /** Makes ready for the next text. */
    public void reset() {
        state = VALUE;
        depth = 0;
        consumed = 0;
        failure = null;
        failureOffset = 0;
    }

    /** Walks the next piece. Does nothing once the text is known to be bad. */
    @Override
    public void accept(byte[] bytes, int from, int to) {
        // Offset of a byte in the text = its index here + shift.
        int shift = consumed - from;
        int at = from;
        while (at < to && state != FAILED) {
            at = switch (state) {
                case STRING -> string(bytes, at, to, shift);
                case NUMBER -> number(bytes, at, to, shift);
                case LITERAL -> literal(bytes, at, to, shift);
                default -> structure(bytes, at, to, shift);
            };
        }
        consumed = to + shift;
    }

    /** Tells that the text is whole. */
    public void finish() {
        if (state == NUMBER && depth == 0) {
            endNumber(consumed);
        }
        if (state != DONE && state != FAILED) {
            fail("unexpected end", consumed);
        }
    }

    /** Whether one whole value has been walked, and nothing is wrong. */
    public boolean complete() {
        return state == DONE;
    }

    /** Whether the text is bad, or the visitor refused it. */
    public boolean failed() {
        return state == FAILED;
    }

    /** Why the text is bad. */
    public String failure() {
        return failure == null ? "" : failure;
    }

    /** Where the text is bad. */
    public int failureOffset() {
        return failureOffset;
    }

    /** Number of bytes walked. */
    public int consumed() {
        return consumed;
    }

    /** Stops the walk; for visitors. */
    public void fail(String reason, int offset) {
        if (state != FAILED) {
            state = FAILED;
            failure = reason;
            failureOffset = offset;
        }
    }

    /** The text of the last key, or of the last string that the visitor wanted: unescaped, UTF-8. */
    public byte[] text() {
        return string.text();
    }

    /** Number of bytes of {@link #text()}; -1 where it was longer than {@link #MAX_TEXT}. */
    public int textLength() {
        return string.textLength();
    }

    /** Whether the text was written with an escape. */
    public boolean textEscaped() {
        return string.escaped();
    }

    /** Whether the text has half a surrogate pair, which no UTF-8 text can hold. */
    public boolean textBroken() {
        return string.broken();
    }

    /** The text as a string; null where it was too long. */
    public @Nullable String textString() {
        int length = string.textLength();
        return length < 0 ? null : new String(string.text(), 0, length, StandardCharsets.UTF_8);
    }

    /** Whether the text is exactly this. */
    public boolean textIs(byte[] expected) {
        int length = string.textLength();
        return length == expected.length && Arrays.equals(string.text(), 0, length, expected, 0, length);
    }

    /** The last integer; out of the range of a long it is the nearest long. */
    public long integer() {
        return number.value();
    }

    private int structure(byte[] bytes, int from, int to, int shift) {
        int at = from;
        byte b = bytes[at];
        while (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
            if (++at == to) {
                return at;
            }
            b = bytes[at];
        }
        int offset = at + shift;
        switch (state) {
            case VALUE -> beginValue(b, offset);
            case FIRST_ITEM -> {
                if (b == ']') {
                    close(offset, true);
                } else {
                    beginValue(b, offset);
                }
            }
            case FIRST_KEY -> {
                if (b == '}') {
                    close(offset, true);
                } else {
                    beginKey(b, offset);
                }
            }
            case KEY -> beginKey(b, offset);
            case COLON -> {
                if (b == ':') {
                    state = VALUE;
                } else {
                    fail("expected a colon", offset);
                }
            }
            case NEXT -> next(b, offset);
            default -> fail("data after the end", offset);
        }
        // A number's first byte is part of what its own state walks.
        return state == NUMBER ? at : at + 1;
    }

    private void next(byte b, int offset) {
        boolean object = inObject();
        if (b == ',') {
            state = object ? KEY : VALUE;
        } else if (b == (object ? '}' : ']')) {
            close(offset, false);
        } else {
            fail("expected a comma", offset);
        }
    }

    private void beginValue(byte b, int offset) {
        tokenStart = offset;
        switch (b) {
            case '"' -> {
                isKey = false;
                string.begin(depth <= interest && visitor.wantsText(depth));
                state = STRING;
            }
            case '{' -> open(JsonKind.OBJECT, offset);
            case '[' -> open(JsonKind.ARRAY, offset);
            case 't' -> beginLiteral(TRUE);
            case 'f' -> beginLiteral(FALSE);
            case 'n' -> beginLiteral(NULL);
            default -> {
                if (b == '-' || (b >= '0' && b <= '9')) {
                    number.begin();
                    state = NUMBER;
                } else {
                    fail("expected a value", offset);
                }
            }
        }
    }

    private void beginKey(byte b, int offset) {
        if (b != '"') {
            fail("expected a key", offset);
            return;
        }
        tokenStart = offset;
        isKey = true;
        string.begin(depth <= interest);
        state = STRING;
    }

    private void beginLiteral(byte[] text) {
        literal = text;
        literalIndex = 1;
        state = LITERAL;
    }

    private void open(JsonKind kind, int offset) {
        if (depth == MAX_DEPTH) {
            fail("nested too deep", offset);
            return;
        }
        if (depth <= interest) {
            visitor.open(depth, kind, offset);
        }
        int word = depth / Long.SIZE;
        long bit = 1L << depth;
        boolean object = kind == JsonKind.OBJECT;
        objects[word] = object ? objects[word] | bit : objects[word] & ~bit;
        depth++;
        enter(object ? FIRST_KEY : FIRST_ITEM);
    }

    private void close(int offset, boolean empty) {
        JsonKind kind = inObject() ? JsonKind.OBJECT : JsonKind.ARRAY;
        depth--;
        if (depth <= interest) {
            visitor.close(depth, kind, offset + 1, empty);
        }
        enter(depth == 0 ? DONE : NEXT);
    }

    private boolean inObject() {
        int container = depth - 1;
        return (objects[container / Long.SIZE] & (1L << container)) != 0;
    }

    private int string(byte[] bytes, int from, int to, int shift) {
        int at = string.walk(bytes, from, to);
        if (string.failure() != null) {
            fail(string.failure(), at + shift);
        } else if (string.ended()) {
            if (isKey) {
                if (depth <= interest) {
                    visitor.key(depth, tokenStart, at + shift);
                }
                enter(COLON);
            } else {
                scalar(JsonKind.STRING, at + shift);
            }
        }
        return at;
    }

    private int number(byte[] bytes, int from, int to, int shift) {
        int at = number.walk(bytes, from, to);
        if (at < to) {
            endNumber(at + shift);
        }
        return at;
    }

    private void endNumber(int offset) {
        if (number.valid()) {
            scalar(number.isInteger() ? JsonKind.INTEGER : JsonKind.DECIMAL, offset);
        } else {
            fail("invalid number", offset);
        }
    }

    private int literal(byte[] bytes, int from, int to, int shift) {
        int at = from;
        while (at < to && literalIndex < literal.length) {
            if (bytes[at] != literal[literalIndex]) {
                fail("expected a value", at + shift);
                return at;
            }
            at++;
            literalIndex++;
        }
        if (literalIndex == literal.length) {
            scalar(literal == TRUE ? JsonKind.TRUE : literal == FALSE ? JsonKind.FALSE : JsonKind.NULL, at + shift);
        }
        return at;
    }

    private void scalar(JsonKind kind, int end) {
        if (depth <= interest) {
            visitor.value(depth, kind, tokenStart, end);
        }
        enter(depth == 0 ? DONE : NEXT);
    }

    /** The visitor may have stopped the walk. */
    private void enter(int next) {
        if (state != FAILED) {
            state = next;
        }
    }
}
