package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A router is asked about a request, and the owner gives that up meanwhile: a router that keeps the request is told.
 * The figures: canceled, router asked, router told.
 */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "canceled before the router was asked")
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "canceled when it was about to be asked")
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "canceled while it was asked, or later")
@Outcome(expect = Expect.FORBIDDEN, desc = "a router that waits for ever, or that is told twice")
@State
public class AskOrCancelStress {
    private final OneRequest one = new OneRequest();

    /** The server of the shard. */
    @Actor
    public void serve() {
        one.serve();
    }

    /** The owner. */
    @Actor
    public void cancel(III_Result result) {
        result.r1 = one.attempt().cancel() ? 1 : 0;
    }

    /** Serves what is left, and counts. */
    @Arbiter
    public void count(III_Result result) {
        one.serve();
        result.r2 = one.known() ? 1 : 0;
        result.r3 = one.revoked();
    }
}
