package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.limits.ModelWindow;
import dev.penstock.core.model.ModelRate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A request is given back while the next window begins: the next window gives as many as it has, and no more. */
@JCStressTest
@Outcome(id = "8, -1", expect = Expect.ACCEPTABLE, desc = "taken of the next window, and nothing is left of it")
@State
public class RefundOrNextWindowStress {

    private static final ModelRate ONE = new ModelRate(1, 1);
    private static final int SECOND = 7;

    private final ModelWindow window = new ModelWindow();
    private final int taken;

    /** One has asked before. */
    public RefundOrNextWindowStress() {
        taken = window.take(ONE, SECOND);
    }

    /** The loop of a request that found no endpoint. */
    @Actor
    public void refund() {
        window.giveBack(taken);
    }

    /** Another loop, a second later. */
    @Actor
    public void next(II_Result result) {
        result.r1 = window.take(ONE, SECOND + 1);
    }

    /** When both are done. */
    @Arbiter
    public void end(II_Result result) {
        result.r2 = window.take(ONE, SECOND + 1);
    }
}
