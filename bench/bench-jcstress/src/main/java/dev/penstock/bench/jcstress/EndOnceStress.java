package dev.penstock.bench.jcstress;

import dev.penstock.spi.Usage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/**
 * An attempt that ends by its last byte and by a timeout at once: counted down once. The figures: in flight,
 * pending tokens.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "back at zero")
@Outcome(expect = Expect.FORBIDDEN, desc = "counted twice, or never")
@State
public class EndOnceStress {
    private final OneRequest one = OneRequest.asked();

    /** An attempt that has its endpoint. */
    public EndOnceStress() {
        one.select();
        one.serve();
    }

    /** The owner: the first byte, and the end. */
    @Actor
    public void relay() {
        one.attempt().firstByte();
        one.attempt().ended(Usage.UNKNOWN);
    }

    /** A timeout at the same moment. */
    @Actor
    public void timeOut() {
        one.attempt().ended(Usage.UNKNOWN);
    }

    /** Counts. */
    @Arbiter
    public void count(IJ_Result result) {
        result.r1 = one.figures().inFlightLocal(OnePod.POD);
        result.r2 = one.figures().pendingTokens(OnePod.POD);
    }
}
