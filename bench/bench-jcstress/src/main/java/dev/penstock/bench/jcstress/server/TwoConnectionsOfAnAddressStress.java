package dev.penstock.bench.jcstress.server;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Two loops accept from an address at once where there is room for one: never both, though perhaps neither, and in the
 * end nothing is counted that is not open.
 */
@JCStressTest
@Outcome(id = "1, 0, 0, 1", expect = Expect.ACCEPTABLE, desc = "the first")
@Outcome(id = "0, 1, 0, 1", expect = Expect.ACCEPTABLE, desc = "the second")
@Outcome(id = "0, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "each saw the other")
@State
public class TwoConnectionsOfAnAddressStress {

    private final StressedAddress from = new StressedAddress();

    /** A loop. */
    @Actor
    public void one(IIII_Result result) {
        result.r1 = from.admit(from.one);
    }

    /** Another loop. */
    @Actor
    public void other(IIII_Result result) {
        result.r2 = from.admit(from.other);
    }

    /** When both are done: whether there is room, and then without them. */
    @Arbiter
    public void end(IIII_Result result) {
        result.r3 = from.room();
        from.end();
        result.r4 = from.room();
    }
}
