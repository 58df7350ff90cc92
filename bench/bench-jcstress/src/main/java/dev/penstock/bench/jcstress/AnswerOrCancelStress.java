package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A router answers from a thread of its own while the owner gives up: exactly one wins, and only an answer that won is
 * counted in flight. The figures: answer taken, canceled, owner told, in flight.
 */
@JCStressTest
@Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the answer won")
@Outcome(id = "1, 1, 0, 0", expect = Expect.ACCEPTABLE, desc = "canceled after the answer was posted")
@Outcome(id = "0, 1, 0, 0", expect = Expect.ACCEPTABLE, desc = "canceled before the answer")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, neither, or a reservation that nobody ends")
@State
public class AnswerOrCancelStress {
    private final OneRequest one = OneRequest.asked();

    /** The router, whose thread serves the shard next. */
    @Actor
    public void answer(IIII_Result result) {
        result.r1 = one.select() ? 1 : 0;
        one.serve();
    }

    /** The owner. */
    @Actor
    public void cancel(IIII_Result result) {
        result.r2 = one.attempt().cancel() ? 1 : 0;
    }

    /** Counts. */
    @Arbiter
    public void count(IIII_Result result) {
        result.r3 = one.told();
        result.r4 = one.figures().inFlightLocal(OnePod.POD);
    }
}
