package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.tracking.TrackedRequests;
import dev.penstock.core.port.Lease;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import java.util.random.RandomGenerator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;

/**
 * Two answers that both find a row of long ago in the place of theirs: both are counted, the old one is not, and
 * whoever predicts meanwhile sees nothing, or one of the two.
 */
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "predicted before")
@Outcome(id = "4, 2", expect = Expect.ACCEPTABLE, desc = "predicted after the first")
@Outcome(id = "64, 2", expect = Expect.ACCEPTABLE, desc = "predicted after the second")
@State
public class TwoAnswersOneRow {

    private static final long RING_NANOS = 250_000_000_000L;
    private static final SnapshotSource FLEET = EngineParts.snapshots(new FakeFleet().add("pod"));

    /** Always the first; remembers among how many. */
    private static final class First implements RandomGenerator {
        int bound;

        @Override
        public int nextInt(int below) {
            bound = below;
            return 0;
        }

        @Override
        public long nextLong() {
            return 0;
        }
    }

    private final TrackedRequests tracker;
    private final Lease shorter;
    private final Lease longer;
    private long now;

    /** Two requests that are about to end, long after another one. */
    public TwoAnswersOneRow() {
        tracker = new TrackedRequests(FLEET, TraceSink.OFF, () -> now);
        tracker.begin("old", FakeFleet.MODEL).done(new Usage(2, 1024));
        now = RING_NANOS;
        shorter = tracker.begin("r", FakeFleet.MODEL);
        longer = tracker.begin("s", FakeFleet.MODEL);
    }

    /** An answer. */
    @Actor
    public void shorter() {
        shorter.done(new Usage(2, 4));
    }

    /** The other answer. */
    @Actor
    public void longer() {
        longer.done(new Usage(2, 64));
    }

    /** A prediction. */
    @Actor
    public void predict(JI_Result result) {
        result.r1 = tracker.predict(FakeFleet.MODEL, 2, new First());
    }

    /** In the end. */
    @Arbiter
    public void end(JI_Result result) {
        First random = new First();
        tracker.predict(FakeFleet.MODEL, 2, random);
        result.r2 = random.bound;
    }
}
