package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * An answer waits in the mailbox, and the owner gives up while it is being served: exactly one wins, and only an answer
 * that won is counted in flight. The figures: answer taken, canceled, owner told, in flight.
 */
@JCStressTest
@Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the answer won")
@Outcome(id = "1, 1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the cancellation won")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, neither, or a reservation that nobody ends")
@State
public class ServeOrCancelStress {
    private final OneRequest one = OneRequest.asked();
    private final boolean taken = one.select();

    /** The server of the shard. */
    @Actor
    public void serve() {
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
        result.r1 = taken ? 1 : 0;
        result.r3 = one.told();
        result.r4 = one.figures().inFlightLocal(OnePod.POD);
    }
}
