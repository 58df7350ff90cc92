package dev.penstock.server.body;

/** What a JSON value is, by its first byte; numbers are told apart by being written as an integer. */
public enum JsonKind {
    /** The key is not there. */
    ABSENT,
    /** {@code null}. */
    NULL,
    /** {@code true}. */
    TRUE,
    /** {@code false}. */
    FALSE,
    /** A number without fraction and exponent. */
    INTEGER,
    /** A number with fraction or exponent. */
    DECIMAL,
    /** A string. */
    STRING,
    /** An array. */
    ARRAY,
    /** An object. */
    OBJECT;

    /** Whether there is nothing: absent, or {@code null}. */
    public boolean missing() {
        return this == ABSENT || this == NULL;
    }

    int bit() {
        return 1 << ordinal();
    }
}
