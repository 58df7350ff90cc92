package dev.penstock.bench.jcstress.server;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.tokens.TokenCache;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads remember tokens where each half of the cache has room for those of one text: both are kept, no more. */
@JCStressTest
@Outcome(id = "1, 1, 264", expect = Expect.ACCEPTABLE, desc = "one in each half, in any order")
@State
public class TwoTextsStress {

    /** What an entry of one token takes. */
    private static final int ENTRY_BYTES = 132;

    private final TokenCache cache = new TokenCache(2 * ENTRY_BYTES, 7, Metrics.NONE);
    private final HashValue128 one = cache.key("t", "one");
    private final HashValue128 other = cache.key("t", "other");

    /** One half is full. */
    public TwoTextsStress() {
        cache.put(cache.key("t", "before"), new int[] {0});
    }

    /** A loop. */
    @Actor
    public void one() {
        cache.put(one, new int[] {1});
    }

    /** Another loop. */
    @Actor
    public void other() {
        cache.put(other, new int[] {2});
    }

    /** When both have put theirs. */
    @Arbiter
    public void end(III_Result result) {
        result.r3 = (int) cache.bytes();
        // What is found in the old half moves to the young one: so that is looked at first.
        result.r1 = found(one);
        result.r2 = found(other);
    }

    private int found(HashValue128 key) {
        return cache.find(key) == null ? 0 : 1;
    }
}
