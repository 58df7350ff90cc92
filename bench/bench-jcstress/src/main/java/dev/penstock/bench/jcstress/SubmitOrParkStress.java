package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An attempt comes from a thread that does not serve while the shard's own thread is about to park: it stays awake, or
 * it is woken. The figures: owners told, calls of the router.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "served")
@Outcome(expect = Expect.FORBIDDEN, desc = "the attempt waits, and the thread sleeps")
@State
public class SubmitOrParkStress {
    private final OneMailbox one = new OneMailbox();

    /** Somebody. */
    @Actor
    public void submit() {
        one.submit();
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
