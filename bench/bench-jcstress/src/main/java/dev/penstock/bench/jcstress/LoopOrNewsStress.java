package dev.penstock.bench.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A loop submits while the fleet changes, and the shard's own thread sleeps. A loop leaves news of the fleet, and all
 * that comes behind them, to that thread: either the loop has served, or the thread is woken and serves. The figures:
 * answers, calls of the router.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "served")
@Outcome(expect = Expect.FORBIDDEN, desc = "the attempt waits behind the news, and the thread sleeps")
@State
public class LoopOrNewsStress {
    private final OneMailbox one = new OneMailbox();

    /** Lets the shard's own thread sleep. */
    public LoopOrNewsStress() {
        one.serveUntilParked();
    }

    /** A loop. */
    @Actor
    public void submit() {
        one.submitOnLoop();
    }

    /** Whoever publishes a fleet. */
    @Actor
    public void tell() {
        one.mailbox().snapshotChanged();
    }

    /** Counts. */
    @Arbiter
    public void count(II_Result result) {
        one.serveIfWoken();
        result.r1 = one.told();
        result.r2 = one.calls();
    }
}
