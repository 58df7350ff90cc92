package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A router that answers twice, from two threads: the first answer is taken, the second leaves no trace. The
 * figures: first taken, second taken, owner told, in flight.
 */
@JCStressTest
@Outcome(id = {"1, 0, 1, 1", "0, 1, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "one was taken")
@Outcome(expect = Expect.FORBIDDEN, desc = "two, none, or a reservation too many")
@State
public class TwoAnswersStress {
    private final OneRequest one = OneRequest.asked();

    /** The router, here. */
    @Actor
    public void answer(IIII_Result result) {
        result.r1 = one.select() ? 1 : 0;
    }

    /** The router, there. */
    @Actor
    public void answerAgain(IIII_Result result) {
        result.r2 = one.select() ? 1 : 0;
    }

    /** The shard is served, and counted. */
    @Arbiter
    public void count(IIII_Result result) {
        one.serve();
        result.r3 = one.told();
        result.r4 = one.figures().inFlightLocal(OnePod.POD);
    }
}
