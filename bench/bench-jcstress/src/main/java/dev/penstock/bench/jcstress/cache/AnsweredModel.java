package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.tracking.TrackedRequests;
import dev.penstock.core.port.Lease;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.EngineParts;
import dev.penstock.testkit.FakeFleet;
import java.util.random.RandomGenerator;

/**
 * A model whose only answer is as old as the ring is long, so that the next one finds its row in the place of its own.
 */
final class AnsweredModel {

    private static final SnapshotSource FLEET = EngineParts.snapshots(new FakeFleet().add("pod"));
    private static final long RING_NANOS = 250_000_000_000L;
    private static final long PROMPT = 2;

    /** Always the first; remembers among how many. */
    private static final class First implements RandomGenerator {
        private int bound;

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
    private long now;

    AnsweredModel() {
        tracker = new TrackedRequests(FLEET, TraceSink.OFF, () -> now);
        answer(begin(), 1024);
        now = RING_NANOS;
    }

    Lease begin() {
        return tracker.begin("r", FakeFleet.MODEL);
    }

    void answer(Lease lease, long tokens) {
        lease.done(new Usage(PROMPT, tokens));
    }

    /** The shortest of the lengths that may be drawn. */
    long predict() {
        return tracker.predict(FakeFleet.MODEL, PROMPT, new First());
    }

    /** How many answers a length is drawn from. */
    int answers() {
        First random = new First();
        tracker.predict(FakeFleet.MODEL, PROMPT, random);
        return random.bound;
    }
}
