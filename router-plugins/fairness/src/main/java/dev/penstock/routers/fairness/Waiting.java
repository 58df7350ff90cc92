package dev.penstock.routers.fairness;

import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import org.jspecify.annotations.Nullable;

/** A request that waits, and then runs and is charged for what it uses. Confined to one thread. */
final class Waiting {

    private final RoutingContext context;
    private final Flow flow;
    private final long deadlineNanos;
    private boolean answered;
    // Of the same user.
    private @Nullable Waiting earlier;
    private @Nullable Waiting later;

    /**
     * A request that is to wait.
     *
     * @param context the request
     * @param flow its user's
     * @param deadlineNanos when it has waited for too long
     */
    Waiting(RoutingContext context, Flow flow, long deadlineNanos) {
        this.context = context;
        this.flow = flow;
        this.deadlineNanos = deadlineNanos;
    }

    RoutingContext context() {
        return context;
    }

    Flow flow() {
        return flow;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** What it counts in its user's turn: tokens. */
    long cost() {
        return Math.max(1, Estimate.of(context).total());
    }

    long bytes() {
        return context.request().retainedBytes();
    }

    /** The one that came before it; null where it is the first one. */
    @Nullable Waiting earlier() {
        return earlier;
    }

    /** The one that came after it; null where it is the last one. */
    @Nullable Waiting later() {
        return later;
    }

    /** It comes after another one, which was the last one so far. */
    void follow(Waiting last) {
        earlier = last;
        last.later = this;
    }

    /** It does not wait any more: those around it are neighbors now. */
    void leave() {
        if (earlier != null) {
            earlier.later = later;
        }
        if (later != null) {
            later.earlier = earlier;
        }
        earlier = null;
        later = null;
    }

    /** Its first byte has come. */
    void answered() {
        answered = true;
    }

    /** It has ended; one that was never answered has cost nothing that is known, and may be tried again. */
    void ended(Usage usage) {
        long used = answered || usage.known() ? Estimate.of(context).correctedBy(usage).total() : 0;
        flow.ended(used - cost());
    }
}
