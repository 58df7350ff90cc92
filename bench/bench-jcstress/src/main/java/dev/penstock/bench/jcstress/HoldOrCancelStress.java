package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A router is asked and does not answer, so that the request is counted as waiting, and the owner gives up meanwhile:
 * nothing stays counted. The figures: canceled, waiting.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "canceled, and counted no longer")
@Outcome(expect = Expect.FORBIDDEN, desc = "counted for ever, or counted down twice")
@State
public class HoldOrCancelStress {
    private final OneRequest one = new OneRequest();

    /** The server of the shard. */
    @Actor
    public void serve() {
        one.serve();
    }

    /** The owner. */
    @Actor
    public void cancel(II_Result result) {
        result.r1 = one.attempt().cancel() ? 1 : 0;
    }

    /** Counts. */
    @Arbiter
    public void count(II_Result result) {
        result.r2 = one.held();
    }
}
