package dev.penstock.server.tokens;

/** A tokenizer as requests use it. Any thread. */
public sealed interface PromptTokenizer permits LocalTokenizer, RemoteTokenizer {

    /** Bytes of the longest body: whoever sends more must keep neither a thread nor an engine busy for everybody. */
    int LONGEST_BODY = 8 * 1024 * 1024;

    /** Time for the tokens of a prompt. */
    long deadlineNanos();

    /** A prompt has become tokens, in so much time. */
    void made(long nanos);

    /** A request goes on without tokens. */
    void fallback(Fallback why);
}
