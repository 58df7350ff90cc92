package dev.penstock.bench.jcstress;

import dev.penstock.core.engine.RoutingAttempt;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * The watchdog finds a call too long while the router answers and comes back. Either the server keeps the shard, or it
 * answers nothing any more: its owner can cancel the attempt, or the answer was there before. The figures: owner told,
 * in flight, canceled, epoch.
 */
@JCStressTest
@Outcome(id = "1, 1, 0, 0", expect = Expect.ACCEPTABLE, desc = "it came back in time")
@Outcome(id = "0, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "taken away before the answer, which did nothing")
@Outcome(id = "0, 1, 0, 1", expect = Expect.ACCEPTABLE, desc = "taken away after the answer: its owner reads it")
@Outcome(expect = Expect.FORBIDDEN, desc = "two servers, or a reservation that nobody knows of")
@State
public class WatchdogOrRouterStress {
    private final OneMailbox one = new OneMailbox();
    private final RoutingAttempt attempt = one.attempt();

    /** The attempt waits. */
    public WatchdogOrRouterStress() {
        one.mailbox().submit(attempt);
    }

    /** The shard's own thread. */
    @Actor
    public void serve() {
        one.mailbox().serveOnThread();
    }

    /** The watchdog. */
    @Actor
    public void watch() {
        for (int i = 0; i < 40; i++) {
            one.mailbox().watch(() -> {});
        }
    }

    /** What the owner does when it hears of a new epoch, and the count. */
    @Arbiter
    public void count(IIII_Result result) {
        result.r1 = one.told();
        result.r2 = one.inFlight();
        result.r3 = attempt.cancel() ? 1 : 0;
        result.r4 = one.mailbox().stats().epoch();
    }
}
