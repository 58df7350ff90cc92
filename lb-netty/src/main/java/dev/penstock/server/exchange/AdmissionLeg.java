package dev.penstock.server.exchange;

import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.Quota;
import dev.penstock.spi.Usage;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The question whether a request may go on. Where the answer is late, who was asked decides at once without it: limits
 * must not slow the service down. Confined to the event loop of its exchange, but for the answer.
 */
final class AdmissionLeg {
    private final Dispatch dispatch;
    private final LoopState loop;
    private final ProxyRequest request;
    private Admission.@Nullable Grant grant;
    private @Nullable Quota quota;
    private @Nullable Future<?> timer;
    private boolean decided;
    private boolean ended;

    AdmissionLeg(Dispatch dispatch, LoopState loop, ProxyRequest request) {
        this.dispatch = dispatch;
        this.loop = loop;
        this.request = request;
    }

    /**
     * Asks.
     *
     * @param tokens tokens that the request may cost, roughly
     */
    void ask(Admission admission, @Nullable ModelRate rate, @Nullable String user, @Nullable String authorization,
            @Nullable ApiKey key, long tokens) {
        Admission.Request asked = new Admission.Request(request.id(), request.api(), request.model(), rate, user,
                authorization, key, tokens, loop.nanoTime() + admission.deadlineNanos());
        admission.admit(asked, this::answered);
        if (!decided && !ended) {
            timer = loop.loop().schedule(() -> late(admission, asked), admission.deadlineNanos(),
                    TimeUnit.NANOSECONDS);
        }
    }

    private void late(Admission admission, Admission.Request asked) {
        if (!decided && !ended) {
            decide(admission.late(asked));
        }
    }

    /** On any thread. */
    private void answered(Admission.Decision decision) {
        if (loop.loop().inEventLoop()) {
            decide(decision);
            return;
        }
        try {
            loop.loop().execute(() -> decide(decision));
        } catch (RejectedExecutionException e) {
            giveBack(decision);
        }
    }

    private void decide(Admission.Decision decision) {
        if (decided || ended) {
            giveBack(decision);
            return;
        }
        decided = true;
        if (timer != null) {
            timer.cancel(false);
        }
        quota = decision.quota();
        switch (decision) {
            case Admission.Admitted(String user, Admission.Grant granted, Quota left) -> {
                grant = granted;
                dispatch.admitted(user == null ? request : request.as(user));
            }
            case Admission.Rejected rejected -> dispatch.refused(Refusal.rejected(rejected.error(), rejected.message(),
                    rejected.retryAfterSeconds()));
        }
    }

    private static void giveBack(Admission.Decision decision) {
        if (decision instanceof Admission.Admitted admitted) {
            admitted.grant().refund();
        }
    }

    /** What the user may ask for and has left; null where there is nothing to tell. */
    @Nullable Quota quota() {
        return quota;
    }

    /**
     * The request has ended.
     *
     * @param routed whether it had got as far as an endpoint
     */
    void end(boolean routed, Usage usage) {
        ended = true;
        if (timer != null) {
            timer.cancel(false);
        }
        Admission.Grant taken = grant;
        grant = null;
        if (taken == null) {
            return;
        }
        if (routed) {
            taken.settle(usage);
        } else {
            taken.refund();
        }
    }
}
