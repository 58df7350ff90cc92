package dev.penstock.bench.jcstress;

import dev.penstock.server.mailbox.StateWord;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The watchdog takes the shard away from a call, and gives it up, while the call comes back, gives it up and another
 * turn begins: whoever holds the word adds to a plain number. The figures: taken away, came back, number without those
 * that should be in it.
 */
@JCStressTest
@Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = Expect.ACCEPTABLE, desc = "one of the two, and nobody at once")
@Outcome(expect = Expect.FORBIDDEN, desc = "two holders")
@State
public class WatchdogOrPublisherStress {
    private final StateWord word = new StateWord();
    private final long calling = word.enter(word.hold());
    private int turns;
    private int lateTurns;

    /** The watchdog. */
    @Actor
    public void watch(III_Result result) {
        long held = word.takeAway(calling);
        if (held != StateWord.NONE) {
            turns++;
            word.release(held);
            result.r1 = 1;
        }
    }

    /** The thread in the router, and then the same as a publisher. */
    @Actor
    public void comeBack(III_Result result) {
        if (word.leave(calling)) {
            turns++;
            word.release(calling);
            result.r2 = 1;
        }
        long held = word.hold();
        if (held != StateWord.NONE) {
            turns++;
            lateTurns = 1;
            word.release(held);
        }
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
        result.r3 = turns - lateTurns - 1;
    }
}
