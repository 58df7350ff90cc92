package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.limits.ModelWindow;
import dev.penstock.core.model.ModelRate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two loops ask at once where a model may be asked once more in this second: one of them may. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the first")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "the second")
@State
public class TwoRequestsOfAModelStress {

    private static final ModelRate TWO = new ModelRate(2, 1);
    private static final int SECOND = 7;

    private final ModelWindow window = new ModelWindow();

    /** One has asked before. */
    public TwoRequestsOfAModelStress() {
        window.take(TWO, SECOND);
    }

    private int ask() {
        return window.take(TWO, SECOND) == SECOND ? 1 : 0;
    }

    /** A loop. */
    @Actor
    public void one(III_Result result) {
        result.r1 = ask();
    }

    /** Another loop. */
    @Actor
    public void other(III_Result result) {
        result.r2 = ask();
    }

    /** When both have asked. */
    @Arbiter
    public void end(III_Result result) {
        result.r3 = ask();
    }
}
