package dev.penstock.bench.jcstress.cache;

import dev.penstock.core.port.Lease;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** Whoever predicts while an answer takes the place of an old one sees none, or the new one. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "predicted before: nothing is known")
@Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "predicted after")
@State
public class AnswerOrPrediction {

    private final AnsweredModel model = new AnsweredModel();
    private final Lease lease = model.begin();

    /** An answer. */
    @Actor
    public void answer() {
        model.answer(lease, 4);
    }

    /** A prediction. */
    @Actor
    public void predict(J_Result result) {
        result.r1 = model.predict();
    }
}
