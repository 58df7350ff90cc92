package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.tracking.TrackedRequests;
import dev.penstock.core.port.Lease;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Of two ends of a lease exactly one counts, with or without usage. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "without usage")
@Outcome(id = "0, 10", expect = Expect.ACCEPTABLE, desc = "with usage")
@State
public class LeaseEndsOnce {

    private final AtomicInteger ends = new AtomicInteger();
    private final TrackedRequests tracker;
    private final Lease lease;

    /** A request that has begun. */
    public LeaseEndsOnce() {
        StressedCache cache = new StressedCache();
        cache.come("u");
        tracker = new TrackedRequests(cache.agent, new TraceSink() {
            @Override
            public long began(String model) {
                return 0;
            }

            @Override
            public void ended(String model, long term) {
                ends.addAndGet(1);
            }

            @Override
            public void ended(String model, long term, Usage usage) {
                ends.addAndGet(10);
            }
        }, () -> 0);
        lease = tracker.begin("r", "m");
    }

    /** An end. */
    @Actor
    public void done() {
        lease.done();
    }

    /** The other end. */
    @Actor
    public void doneWithUsage() {
        lease.done(Usage.UNKNOWN);
    }

    /** In the end. */
    @Arbiter
    public void end(II_Result result) {
        result.r1 = tracker.pending("m");
        result.r2 = ends.get();
    }
}
