package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.limits.TokenBucket;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two loops take of a bucket in which there is one left: one of them gets it. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the first")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "the second")
@State
public class TwoTakesOfABucketStress {

    private static final long WINDOW = 60;
    private static final long LIMIT = 2;
    private static final long NOW = 7;

    private final TokenBucket bucket = new TokenBucket(WINDOW, NOW);

    /** One was taken before. */
    public TwoTakesOfABucketStress() {
        bucket.take(1, LIMIT, NOW);
    }

    private int take() {
        return bucket.take(1, LIMIT, NOW) > 0 ? 1 : 0;
    }

    /** A loop. */
    @Actor
    public void one(III_Result result) {
        result.r1 = take();
    }

    /** Another loop. */
    @Actor
    public void other(III_Result result) {
        result.r2 = take();
    }

    /** When both have taken. */
    @Arbiter
    public void end(III_Result result) {
        result.r3 = take();
    }
}
