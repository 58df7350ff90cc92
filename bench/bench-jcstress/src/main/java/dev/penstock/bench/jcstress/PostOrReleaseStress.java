package dev.penstock.bench.jcstress;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.Usage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The end of an attempt is posted by a thread that does not serve, while an event loop serves and gives the shard up:
 * the loop finds it, or the shard's own thread is woken. The figures: owners told, ends that the router has counted
 * without any lock, in flight.
 */
@JCStressTest
@Outcome(id = "2, 1, 1", expect = Expect.ACCEPTABLE, desc = "all served")
@Outcome(expect = Expect.FORBIDDEN, desc = "the end waits, and nobody serves")
@State
public class PostOrReleaseStress {
    private final OneMailbox one = new OneMailbox();
    private final RoutingAttempt ending = one.attempt();

    /** An attempt that has its endpoint; the shard's own thread sleeps. */
    public PostOrReleaseStress() {
        one.mailbox().submit(ending);
        one.serveUntilParked();
    }

    /** A loop. */
    @Actor
    public void submit() {
        one.submitOnLoop();
    }

    /** Somebody. */
    @Actor
    public void end() {
        ending.ended(Usage.UNKNOWN);
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
        one.serveIfWoken();
        result.r1 = one.told();
        result.r2 = one.ends();
        result.r3 = one.inFlight();
    }
}
