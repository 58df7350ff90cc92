package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.port.Lease;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/** Two answers that both find an old row in the place of theirs: both are counted, and the old one is not. */
@JCStressTest
@Outcome(id = "2, 4", expect = Expect.ACCEPTABLE, desc = "both")
@State
public class TwoAnswersOneRow {

    private final AnsweredModel model = new AnsweredModel();
    private final Lease shorter = model.begin();
    private final Lease longer = model.begin();

    /** An answer. */
    @Actor
    public void shorter() {
        model.answer(shorter, 4);
    }

    /** The other answer. */
    @Actor
    public void longer() {
        model.answer(longer, 64);
    }

    /** In the end. */
    @Arbiter
    public void end(IJ_Result result) {
        result.r1 = model.answers();
        result.r2 = model.predict();
    }
}
