package dev.penstock.routers.slo;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;

/** A request in a queue. Confined to the thread that holds the shard. */
final class WaitingRequest {

    /** So much before the host's own deadline, after which the fallback would choose: a router must be the first. */
    private static final long BEFORE_DEADLINE_NANOS = 20_000_000;

    private final RoutingContext context;
    private final PriorityClass priority;
    private final long number;
    private final long outputTokens;
    private final long promptTokens;
    private final boolean restricted;
    private final long deadlineNanos;
    private final boolean ownDeadline;
    private double lowestRank = Double.NaN;

    /**
     * A request that begins to wait.
     *
     * @param priority its class
     * @param number more than that of all before it
     * @param now the time
     * @param maxWaitNanos how long it may wait
     */
    WaitingRequest(RoutingContext context, PriorityClass priority, long number, long now, long maxWaitNanos) {
        this.context = context;
        this.priority = priority;
        this.number = number;
        this.outputTokens = context.predictedOutputTokens();
        this.promptTokens = context.promptTokens();
        this.restricted = restricted(context);
        long wait = Math.max(0, Math.min(maxWaitNanos, context.deadlineNanos() - now - BEFORE_DEADLINE_NANOS));
        long asked = request().sloFirstTokenNanos();
        long left = asked < 0 ? Long.MAX_VALUE : request().arrivalNanos() + asked - now;
        this.ownDeadline = left < wait;
        this.deadlineNanos = now + Math.min(wait, left);
    }

    private static boolean restricted(RoutingContext context) {
        ModelView model = context.snapshot().model(context.request().model());
        Candidates candidates = context.candidates();
        return context.attempt() > 0 || model == null || candidates.size() < model.ready().size();
    }

    RoutingContext context() {
        return context;
    }

    RoutingRequest request() {
        return context.request();
    }

    PriorityClass priority() {
        return priority;
    }

    /** Name of whom it belongs to, for fairness; empty for nobody. */
    String tenant() {
        String user = request().user();
        return user == null ? "" : user;
    }

    /** Grows in the order in which requests came. */
    long number() {
        return number;
    }

    long outputTokens() {
        return outputTokens;
    }

    long promptTokens() {
        return promptTokens;
    }

    /** What it counts in the share of its tenant: tokens. */
    long cost() {
        return Math.max(1, promptTokens + outputTokens);
    }

    long bytes() {
        return request().retainedBytes();
    }

    /** Whether it may go to some endpoints of its model only: others do not wait behind it. */
    boolean restricted() {
        return restricted;
    }

    int signature() {
        return Signature.of(outputTokens, promptTokens, restricted);
    }

    double elapsedSeconds(long now) {
        return (now - request().arrivalNanos()) / 1e9;
    }

    /** When it has waited for too long. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** What it is answered with at its deadline. */
    ErrorCode late() {
        return ownDeadline ? ErrorCode.SLO_UNATTAINABLE : ErrorCode.QUEUE_TIMEOUT;
    }

    /** The lowest of its ranks over all groups, when it was last ranked; NaN where it has none. */
    double lowestRank() {
        return lowestRank;
    }

    void lowestRank(double rank) {
        lowestRank = rank;
    }
}
