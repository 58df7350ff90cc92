package dev.penstock.server.tokens;

/** Why a request goes on without tokens. */
public enum Fallback {
    /** Too many prompts wait already. */
    BUSY("busy"),
    /** The deadline has passed. */
    LATE("late"),
    /** Whoever was asked has failed, or has answered what no one can read. */
    FAILED("failed"),
    /** The engine has failed several times in a row, and is left alone for a while. */
    PAUSED("paused"),
    /** There is no pod to ask. */
    NO_POD("no-pod"),
    /** The prompt, or its tokens, are too many. */
    TOO_LARGE("too-large"),
    /** The memory for bodies has no room for the tokens. */
    MEMORY("memory"),
    /** A prompt of a kind that the tokenizer cannot take. */
    UNSUPPORTED("unsupported");

    private final String label;

    Fallback(String label) {
        this.label = label;
    }

    /** The reason in metrics. */
    public String label() {
        return label;
    }
}
