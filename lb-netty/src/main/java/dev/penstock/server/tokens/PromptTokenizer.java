package dev.penstock.server.tokens;

/** A tokenizer as requests use it. Any thread. */
public sealed interface PromptTokenizer permits LocalTokenizer, RemoteTokenizer {

    /** Its name. */
    String name();

    /** Time for the tokens of a prompt. */
    long deadlineNanos();

    /** A prompt has become tokens, in so much time. */
    void made(long nanos);

    /** A request goes on without tokens. */
    void fallback(Fallback why);
}
