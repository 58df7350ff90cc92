package dev.penstock.server.tokens;

import org.jspecify.annotations.Nullable;

/** A tokenizer of this process. Any thread. */
public final class LocalTokenizer implements PromptTokenizer {

    /** Texts up to so many characters are made tokens at once, where that is quick. */
    private static final int QUICK = 16 * 1024;

    private final Tokenizer tokenizer;
    private final boolean quick;
    private final TokenThreads threads;
    private final long deadlineNanos;
    private final TokenizerMetrics metrics;

    /**
     * A tokenizer that can be used.
     *
     * @param quick whether an event loop may run it itself for a short text
     */
    LocalTokenizer(Tokenizer tokenizer, boolean quick, TokenThreads threads, long deadlineNanos,
            TokenizerMetrics metrics) {
        this.tokenizer = tokenizer;
        this.quick = quick;
        this.threads = threads;
        this.deadlineNanos = deadlineNanos;
        this.metrics = metrics;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public void made(long nanos) {
        metrics.made(nanos);
    }

    @Override
    public void fallback(Fallback why) {
        metrics.fallback(why);
    }

    /**
     * Makes tokens: at once where that is quick, else on a thread of its own.
     *
     * @param sink told what came of it, perhaps before this returns
     * @return what can be canceled; null where nothing is to be waited for
     */
    public @Nullable TokenJob begin(String text, TokenSink sink) {
        TokenJob job = new TokenJob(tokenizer, text, sink);
        if (quick && text.length() <= QUICK) {
            job.run();
            return null;
        }
        if (!threads.run(job)) {
            sink.none(Fallback.BUSY);
            return null;
        }
        return job;
    }
}
