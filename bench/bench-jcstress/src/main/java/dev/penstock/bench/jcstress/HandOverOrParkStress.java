package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An event loop has used up its share and hands over while the shard's own thread serves, and parks. The figures:
 * owners told, calls of the router.
 */
@JCStressTest
@Outcome(id = "10, 10", expect = Expect.ACCEPTABLE, desc = "all served")
@Outcome(expect = Expect.FORBIDDEN, desc = "some wait, and the thread sleeps")
@State
public class HandOverOrParkStress {
    private final OneMailbox one = new OneMailbox();

    /** More than the share of a loop. */
    public HandOverOrParkStress() {
        for (int i = 0; i < 9; i++) {
            one.submit();
        }
    }

    /** A loop. */
    @Actor
    public void submit() {
        one.submitOnLoop();
    }

    /** The shard's own thread. */
    @Actor
    public void park() {
        one.serveUntilParked();
    }

    /** Counts. */
    @Arbiter
    public void count(II_Result result) {
        one.serveIfWoken();
        result.r1 = one.told();
        result.r2 = one.calls();
    }
}
