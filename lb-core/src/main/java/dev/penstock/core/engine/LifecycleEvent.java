package dev.penstock.core.engine;

import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;

/** What happens to an attempt after a router was asked. Never refused by a mailbox. */
public sealed interface LifecycleEvent {

    /** The attempt. */
    RoutingAttempt attempt();

    /**
     * A router has answered later, or from another thread than the one that asked it.
     *
     * @param attempt the attempt, which holds the answer
     */
    record Answered(RoutingAttempt attempt) implements LifecycleEvent {}

    /**
     * The owner does not wait for the answer of a router any longer.
     *
     * @param attempt the attempt, which is canceled
     */
    record Revoked(RoutingAttempt attempt) implements LifecycleEvent {}

    /**
     * The first byte of a leg has arrived.
     *
     * @param attempt the attempt
     * @param endpoint where it comes from
     */
    record FirstByte(RoutingAttempt attempt, PodView endpoint) implements LifecycleEvent {}

    /**
     * A leg of the attempt has ended.
     *
     * @param attempt the attempt
     * @param endpoint where it ran
     * @param usage the tokens that the engine counted; of two legs, the decode leg tells them
     */
    record Ended(RoutingAttempt attempt, PodView endpoint, Usage usage) implements LifecycleEvent {}
}
