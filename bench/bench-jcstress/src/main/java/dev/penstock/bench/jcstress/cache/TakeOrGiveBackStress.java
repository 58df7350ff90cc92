package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.limits.TokenBucket;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A request is given back while another one asks of an empty bucket: one of two more gets it, never both. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "given back before it was asked for")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "given back after that, and there for the next one")
@State
public class TakeOrGiveBackStress {

    private static final long WINDOW = 60;
    private static final long LIMIT = 1;
    private static final long NOW = 7;

    private final TokenBucket bucket = new TokenBucket(WINDOW, NOW);

    /** All was taken before. */
    public TakeOrGiveBackStress() {
        bucket.take(1, LIMIT, NOW);
    }

    private int take() {
        return bucket.take(1, LIMIT, NOW) > 0 ? 1 : 0;
    }

    /** The loop of a request that found no endpoint. */
    @Actor
    public void giveBack() {
        bucket.change(-1, LIMIT, NOW);
    }

    /** Another loop. */
    @Actor
    public void take(II_Result result) {
        result.r1 = take();
    }

    /** When both are done. */
    @Arbiter
    public void end(II_Result result) {
        result.r2 = take();
    }
}
