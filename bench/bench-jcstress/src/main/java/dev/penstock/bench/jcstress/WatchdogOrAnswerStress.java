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
 * The watchdog takes the shard away from a call that answers: while it answers it holds the shard, before and after
 * it does not. Whoever holds the word adds to a plain number. The figures: taken away, answered, number without those
 * that should be in it.
 */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "taken away before the answer")
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "taken away after the answer")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "the watchdog came while it answered")
@Outcome(expect = Expect.FORBIDDEN, desc = "two holders")
@State
public class WatchdogOrAnswerStress {
    private final StateWord word = new StateWord();
    private final long calling = word.enter(word.hold());
    private int turns;

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

    /** The thread in the router. */
    @Actor
    public void answer(III_Result result) {
        if (word.leave(calling)) {
            turns++;
            word.resume(calling);
            result.r2 = 1;
        }
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
        result.r3 = turns - result.r1 - result.r2;
    }
}
