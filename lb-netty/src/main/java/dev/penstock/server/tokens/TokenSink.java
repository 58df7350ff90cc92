package dev.penstock.server.tokens;

/** Is told once what came of a prompt; by any thread. */
public interface TokenSink {

    /** The tokens, which nobody changes any more. */
    void tokens(int[] tokens);

    /** There are none. */
    void none(Fallback why);
}
