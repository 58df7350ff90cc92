package dev.penstock.server.exchange;

import dev.penstock.core.model.Model;
import dev.penstock.server.tokens.Fallback;
import dev.penstock.server.tokens.LocalTokenizer;
import dev.penstock.server.tokens.PromptTokenizer;
import dev.penstock.server.tokens.RemoteTokenizer;
import dev.penstock.server.tokens.TokenJob;
import dev.penstock.server.tokens.TokenSink;
import dev.penstock.server.tokens.TokenizeCall;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A prompt that becomes tokens before a router is asked. Whatever goes wrong, and where it takes too long, the request
 * goes on without them. Confined to the event loop of its exchange, but for the answer.
 */
final class TokenLeg implements TokenSink {
    private final Dispatch dispatch;
    private final Exchange exchange;
    private final LoopState loop;
    private final ProxyRequest request;
    private final long sinceNanos;
    private @Nullable PromptTokenizer tokenizer;
    private @Nullable TokenJob job;
    private @Nullable TokenizeCall call;
    private @Nullable Future<?> timer;
    /** Of the memory for bodies, while it is worked on. */
    private long room;
    private boolean decided;

    TokenLeg(Dispatch dispatch, Exchange exchange, LoopState loop, ProxyRequest request) {
        this.dispatch = dispatch;
        this.exchange = exchange;
        this.loop = loop;
        this.request = request;
        this.sinceNanos = loop.nanoTime();
    }

    void ask(PromptTokenizer asked, Model model) {
        tokenizer = asked;
        int[] given = exchange.intake().promptIds(request.api());
        if (given != null) {
            decide(given, null);
            return;
        }
        if (exchange.intake().bytesKnown() > PromptTokenizer.LONGEST_BODY) {
            decide(null, Fallback.TOO_LARGE);
            return;
        }
        switch (asked) {
            case LocalTokenizer local -> here(local);
            case RemoteTokenizer remote -> elsewhere(remote, model);
        }
        if (!decided) {
            timer = loop.loop().schedule(this::late, asked.deadlineNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void here(LocalTokenizer local) {
        String text = request.prompt().isEmpty() ? exchange.intake().promptForTokens(request.api())
                : request.prompt();
        if (text.isEmpty()) {
            decide(ProxyRequest.NO_TOKENS, null);
        } else if (takes(2L * text.length())) {
            job = local.begin(text, this);
        }
    }

    private void elsewhere(RemoteTokenizer remote, Model model) {
        byte[] question = exchange.intake().tokenizeQuestion(request.api(), request.model());
        if (question == null) {
            decide(null, Fallback.UNSUPPORTED);
        } else if (takes(question.length)) {
            call = remote.begin(model, question,
                    new RemoteTokenizer.At(loop.pool(), loop.health(), loop.random(), loop.scratch), this);
        }
    }

    private boolean takes(long bytes) {
        if (!exchange.intake().takeRoom(bytes)) {
            decide(null, Fallback.MEMORY);
            return false;
        }
        room = bytes;
        return true;
    }

    private void late() {
        if (decided) {
            return;
        }
        TokenizeCall asked = call;
        if (asked != null) {
            asked.late();
        }
        decide(null, Fallback.LATE);
    }

    /** On any thread. */
    @Override
    public void tokens(int[] tokens) {
        onLoop(() -> decide(tokens, null));
    }

    /** On any thread. */
    @Override
    public void none(Fallback why) {
        onLoop(() -> decide(null, why));
    }

    private void onLoop(Runnable task) {
        if (loop.loop().inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.loop().execute(task);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and the request with it.
            return;
        }
    }

    private void decide(int @Nullable [] tokens, @Nullable Fallback why) {
        PromptTokenizer asked = tokenizer;
        if (decided || asked == null) {
            return;
        }
        stop();
        exchange.intake().giveBack(room);
        int[] made = tokens;
        Fallback without = why;
        if (made != null && !exchange.intake().takeRoom((long) Integer.BYTES * made.length)) {
            made = null;
            without = Fallback.MEMORY;
        }
        if (without != null) {
            asked.fallback(without);
        } else {
            asked.made(loop.nanoTime() - sinceNanos);
        }
        dispatch.tokenized(made == null || made.length == 0 ? request : request.with(made));
    }

    private void stop() {
        decided = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (job != null) {
            job.cancel();
            job = null;
        }
        call = null;
    }

    /** The request has ended. */
    void end() {
        if (decided) {
            return;
        }
        TokenizeCall asked = call;
        stop();
        if (asked != null) {
            asked.cancel();
        }
    }
}
