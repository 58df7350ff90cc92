package dev.penstock.bench.sim;

import java.util.Locale;

/** Which part of a request an engine does. */
public enum EngineRole {
    /** All of it, whatever it says of other engines. */
    BOTH,
    /** Computes prompts and one token; declines everything else. */
    PREFILL,
    /** Generates answers to prompts that another engine has computed; declines everything else. */
    DECODE;

    /**
     * Reads its name.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected
     */
    public static EngineRole parse(String text) {
        for (EngineRole role : values()) {
            if (role.name().equalsIgnoreCase(text.trim())) {
                return role;
            }
        }
        throw new IllegalArgumentException("role: " + text + " (expected: both, prefill or decode)");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
