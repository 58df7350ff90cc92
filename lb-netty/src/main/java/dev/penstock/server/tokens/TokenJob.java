package dev.penstock.server.tokens;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** A prompt that becomes tokens on a thread of its own. Any thread may cancel it. */
public final class TokenJob implements Runnable {

    private static final Logger LOG = System.getLogger(TokenJob.class.getName());

    private final Tokenizer tokenizer;
    private final TokenSink sink;
    private volatile @Nullable String text;

    TokenJob(Tokenizer tokenizer, String text, TokenSink sink) {
        this.tokenizer = tokenizer;
        this.text = text;
        this.sink = sink;
    }

    @Override
    public void run() {
        String wanted = text;
        if (wanted == null) {
            return;
        }
        int[] tokens;
        try {
            tokens = tokenizer.tokens(wanted);
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.DEBUG, "a prompt was not made tokens", e);
            sink.none(Fallback.FAILED);
            return;
        }
        sink.tokens(tokens);
    }

    /** Nobody wants the tokens any more: it is not begun, and the text is not held. */
    public void cancel() {
        text = null;
    }
}
