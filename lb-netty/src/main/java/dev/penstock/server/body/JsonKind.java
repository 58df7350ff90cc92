package dev.penstock.server.body;

/** What a JSON value is, by its first byte; numbers are told apart by being written as an integer. */
public enum JsonKind {
    /** The key is not there. */
    ABSENT(0),
    /** {@code null}. */
    NULL(1),
    /** {@code true}. */
    TRUE(2),
    /** {@code false}. */
    FALSE(3),
    /** A number without fraction and exponent. */
    INTEGER(4),
    /** A number with fraction or exponent. */
    DECIMAL(5),
    /** A string. */
    STRING(6),
    /** An array. */
    ARRAY(7),
    /** An object. */
    OBJECT(8);

    private static final JsonKind[] BY_CODE = byCode();

    private final int code;

    JsonKind(int code) {
        this.code = code;
    }

    /** Whether there is nothing: absent, or {@code null}. */
    public boolean missing() {
        return this == ABSENT || this == NULL;
    }

    /** The place of this kind in tables; 0 for {@link #ABSENT}. */
    int code() {
        return code;
    }

    int bit() {
        return 1 << code;
    }

    static JsonKind ofCode(int code) {
        return BY_CODE[code];
    }

    private static JsonKind[] byCode() {
        JsonKind[] table = new JsonKind[values().length];
        for (JsonKind kind : values()) {
            table[kind.code] = kind;
        }
        return table;
    }
}
