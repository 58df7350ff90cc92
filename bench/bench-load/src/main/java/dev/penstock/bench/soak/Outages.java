package dev.penstock.bench.soak;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** When which engine was not there, so that the ends of requests can be told from others. Any thread. */
final class Outages {
    private static final long GRACE_NANOS = 500_000_000L;
    private static final long FORGOTTEN_NANOS = 60_000_000_000L;

    private final AtomicInteger begun = new AtomicInteger();
    private final List<Outage> known = new CopyOnWriteArrayList<>();

    /** One outage, or a short while after it; it goes on until {@code to} is set. */
    private static final class Outage {
        private final String engine;
        private final long from;
        private volatile long to = Long.MAX_VALUE;

        private Outage(String engine, long from) {
            this.engine = engine;
            this.from = from;
        }

        private boolean overlaps(long begun, long ended) {
            long end = to;
            return from - ended <= 0 && (end == Long.MAX_VALUE || begun - end <= GRACE_NANOS);
        }
    }

    /** Returns what to run when the outage that begins now is over. */
    Runnable begins(String engine) {
        long now = System.nanoTime();
        // No request is older; what is known would grow without end.
        known.removeIf(outage -> outage.to != Long.MAX_VALUE && now - outage.to > FORGOTTEN_NANOS);
        begun.incrementAndGet();
        Outage outage = new Outage(engine, now);
        known.add(outage);
        return () -> outage.to = System.nanoTime();
    }

    int count() {
        return begun.get();
    }

    /** Whether any engine was away in the time between. */
    boolean any(long begun, long ended) {
        return known.stream().anyMatch(outage -> outage.overlaps(begun, ended));
    }

    /** Whether an engine was away in the time between. */
    boolean of(String engine, long begun, long ended) {
        return known.stream().anyMatch(outage -> outage.engine.equals(engine) && outage.overlaps(begun, ended));
    }
}
