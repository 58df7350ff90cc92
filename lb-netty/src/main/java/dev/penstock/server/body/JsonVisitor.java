package dev.penstock.server.body;

/**
 * Told by a {@link JsonWalker} what it passes, for containers up to its depth of interest.
 *
 * <p>{@code depth} is the number of containers around what is told: 0 for the root, 1 for a member of the root object.
 * Offsets count from the first byte walked; {@code end} is exclusive, and both include a string's quotes.
 */
public interface JsonVisitor {
    /**
     * Whether the text of the string value that begins now is wanted.
     *
     * @param depth the number of containers around it
     */
    boolean wantsText(int depth);

    /** A key of the object at {@code depth}; its text is the walker's. */
    void key(int depth, int start, int end);

    /** A string, number or literal; its text or integer is the walker's. */
    void value(int depth, JsonKind kind, int start, int end);

    /** An array or object begins. */
    void open(int depth, JsonKind kind, int start);

    /** An array or object ended. */
    void close(int depth, JsonKind kind, int end, boolean empty);
}
