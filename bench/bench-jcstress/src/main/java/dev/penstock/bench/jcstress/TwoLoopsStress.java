package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two event loops put an attempt in at once, and there is no other thread: whichever of them holds the shard serves
 * both. The figures: owners told, calls that the router has counted without any lock, in flight.
 */
@JCStressTest
@Outcome(id = "2, 2, 2", expect = Expect.ACCEPTABLE, desc = "both served, one after the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "one stranded, or two holders")
@State
public class TwoLoopsStress {
    private final OneMailbox one = new OneMailbox(true);

    /** A loop. */
    @Actor
    public void here() {
        one.mailbox().submit(one.attempt());
    }

    /** Another loop. */
    @Actor
    public void there() {
        one.mailbox().submit(one.attempt());
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
        result.r1 = one.told();
        result.r2 = one.calls();
        result.r3 = one.inFlight();
    }
}
