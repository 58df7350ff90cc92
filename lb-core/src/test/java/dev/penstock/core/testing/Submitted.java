package dev.penstock.core.testing;

import dev.penstock.core.engine.RoutingAttempt;
import java.util.List;

/** An attempt that was put into the mailbox, and what its owner has heard of it. Confined to the test's thread. */
public final class Submitted {

    private final RoutingAttempt attempt;
    private final List<Outcome> outcomes;

    Submitted(RoutingAttempt attempt, List<Outcome> outcomes) {
        this.attempt = attempt;
        this.outcomes = outcomes;
    }

    /** The attempt. */
    public RoutingAttempt attempt() {
        return attempt;
    }

    /** Whether its owner was told. */
    public boolean answered() {
        return !outcomes.isEmpty();
    }

    /** What its owner was told. */
    public Outcome outcome() {
        if (outcomes.size() != 1) {
            throw new AssertionError("answered " + outcomes.size() + " times (expected: once)");
        }
        return outcomes.getFirst();
    }
}
