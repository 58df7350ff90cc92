package dev.penstock.spi;

/**
 * Chooses an endpoint for each request.
 *
 * <p>One instance exists for each strategy name and shard. All of its methods are called by one thread at a time, each
 * call after the one before it (happens-before), so plain fields are enough; which thread that is may change.
 * A router does no I/O and never blocks: while it runs, its shard waits.
 *
 * <p>A call that throws, answers null or answers an endpoint that is not among the candidates is answered by the
 * fallback instead, and counted; a router that keeps failing is left out for a while.
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
     * An endpoint was chosen and reserved, by this router or by another one of the shard.
     *
     * @param context the request
     * @param plan what was chosen
     */
    default void chosen(RoutingContext context, Plan plan) {}

    /**
     * The first byte of the answer has arrived.
     *
     * @param context the request
     * @param endpoint where the answer comes from
     */
    default void firstByte(RoutingContext context, PodView endpoint) {}

    /**
     * A request that had an endpoint has ended, however that came about. Called once for each attempt that was chosen.
     *
     * @param context the request
     * @param endpoint where it ran
     * @param usage the tokens that the engine counted; {@link Usage#UNKNOWN} where it sent none
     */
    default void ended(RoutingContext context, PodView endpoint, Usage usage) {}

    /** The KV cache of an endpoint has changed. */
    default void kvEvent(KvEvent event) {}

    /** The fleet has changed; several changes may be told as one. */
    default void snapshotChanged(Snapshot snapshot) {}

    /** An endpoint is not in the fleet any more; its slot may be used by another one later. */
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
