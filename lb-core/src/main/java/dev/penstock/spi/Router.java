package dev.penstock.spi;

import org.jspecify.annotations.Nullable;

/**
 * Chooses an endpoint for each request.
 *
 * <p>One instance exists for each strategy name and shard. All of its methods are called by one thread at a time, each
 * call after the one before it (happens-before), so plain fields are enough; which thread that is may change.
 * A router does no I/O and never blocks: while it runs, its shard waits. One that does not come back is given up.
 *
 * <p>A call of {@link #route} that throws, answers null or answers an endpoint that is not among the candidates is
 * answered by the fallback instead, and counted; a router that keeps failing is left out for a while. What the other
 * methods throw is counted and logged.
 *
 * <p>Only methods that a class overrides are called, so what is not needed costs nothing.
 */
public interface Router {

    /**
     * Chooses, now or later: ends with exactly one of {@link RoutingContext#select}, {@link RoutingContext#abstain} and
     * {@link RoutingContext#fail}. The first answer counts, later ones do nothing. The answer may come from any thread,
     * after this method has returned; it is then checked again against the fleet as it is at that time.
     *
     * @param context the request and its candidates, of which there is at least one
     */
    void route(RoutingContext context);

    /**
     * Which endpoint {@link #route} would choose now: to be shown to a person, who asks why, and not to be used. Has no
     * effect that another call could see, and answers at once. {@link RoutingContext#note} says why; what answers a
     * request does nothing.
     *
     * @param context the request
     * @return null where that cannot be told; of a {@link Scorer}, its scores tell then
     * @since 1.2
     */
    default @Nullable PodView explain(RoutingContext context) {
        return null;
    }

    /**
     * An endpoint was chosen and reserved, by this router or by another one of the shard.
     *
     * @param context the request
     * @param plan what was chosen
     */
    default void chosen(RoutingContext context, Plan plan) {}

    /**
     * The first byte of the answer has arrived: the prompt is computed. Told to every router of the shard; of a
     * {@link Plan.PrefillDecode}, for each endpoint.
     *
     * @param context the request
     * @param endpoint where the answer comes from
     */
    default void firstByte(RoutingContext context, PodView endpoint) {}

    /**
     * A request that had an endpoint has ended, however that came about. Called once for each attempt that was chosen,
     * after it is not counted in flight any more, and told to every router of the shard. Of a {@link
     * Plan.PrefillDecode}, once for each endpoint: the prefill endpoint first, when the prompt is computed.
     *
     * @param context the request
     * @param endpoint where it ran
     * @param usage the tokens that the engine counted; {@link Usage#UNKNOWN} where it sent none, and at a prefill
     *     endpoint, so that a prompt counts once
     */
    default void ended(RoutingContext context, PodView endpoint, Usage usage) {}

    /**
     * Nobody waits any more for the answer of a request that this router was asked about and has not answered: the
     * client has gone, or the deadline has passed. It may be forgotten; an answer would be in vain. Where the client
     * went at the very moment at which the router was to be asked, it may not know the request.
     *
     * @param context the request
     * @since 1.2
     */
    default void revoked(RoutingContext context) {}

    /**
     * The KV cache of an endpoint has changed.
     *
     * @param event what has changed
     */
    default void kvEvent(KvEvent event) {}

    /**
     * The fleet has changed: pods, their labels, readiness or models. Several changes may be told as one. Comes after
     * {@link #podRemoved} for those that have left.
     *
     * @param snapshot the fleet as it is now
     */
    default void snapshotChanged(Snapshot snapshot) {}

    /**
     * An endpoint is not in the fleet any more; its slot may be used by another one later. Requests that run there may
     * still end.
     *
     * @param endpoint the endpoint as it was last
     */
    default void podRemoved(PodView endpoint) {}

    /**
     * The time that was asked for by {@link RouterEnvironment#wakeAt} has come.
     *
     * @param nowNanos the time, by {@link RouterEnvironment#nanoTime}
     */
    default void woken(long nowNanos) {}

    /**
     * The shard closes: the last call. Nobody answers the requests that still wait in the router; whoever sent them
     * gives them up at their deadline.
     */
    default void close() {}
}
