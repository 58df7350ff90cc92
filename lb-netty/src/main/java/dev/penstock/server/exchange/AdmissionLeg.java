package dev.penstock.server.exchange;

import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKey;
import dev.penstock.spi.Usage;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The question whether a request may go on. An answer that is late is as good as yes: limits must not take the service
 * down. Confined to the event loop of its exchange, but for the answer.
 */
final class AdmissionLeg {
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Dispatch dispatch;
    private final LoopState loop;
    private final ProxyRequest request;
    private Admission.@Nullable Grant grant;
    private @Nullable Future<?> timer;
    private boolean decided;
    private boolean ended;

    AdmissionLeg(Dispatch dispatch, LoopState loop, ProxyRequest request) {
        this.dispatch = dispatch;
        this.loop = loop;
        this.request = request;
    }

    void ask(Admission admission, @Nullable ModelRate rate, @Nullable String user, @Nullable String authorization,
            @Nullable ApiKey key) {
        long deadline = loop.nanoTime() + DEADLINE_NANOS;
        admission.admit(new Admission.Request(request.id(), request.api(), request.model(), rate, user,
                authorization, key, deadline), this::answered);
        if (!decided && !ended) {
            timer = loop.loop().schedule(() -> decide(Admission.Admitted.FREELY), DEADLINE_NANOS, TimeUnit.NANOSECONDS);
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
        switch (decision) {
            case Admission.Admitted(String user, Admission.Grant granted) -> {
                grant = granted;
                dispatch.admitted(user == null ? request : request.as(user));
            }
            case Admission.Rejected rejected -> dispatch.refused(Refusal.rejected(rejected.error(), rejected.message(),
                    rejected.retryAfterSeconds()));
        }
    }

    private static void giveBack(Admission.Decision decision) {
        if (decision instanceof Admission.Admitted(String user, Admission.Grant granted)) {
            granted.refund();
        }
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
