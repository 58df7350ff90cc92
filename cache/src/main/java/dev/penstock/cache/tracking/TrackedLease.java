package dev.penstock.cache.tracking;

import dev.penstock.core.port.Lease;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/** A request that is counted and traced. Any thread may end it; the first end holds. */
final class TrackedLease implements Lease {

    private static final VarHandle ENDED;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(TrackedLease.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String model;
    private final AtomicInteger pending;
    private final long term;
    private final TraceSink traces;

    @SuppressWarnings("unused") // by ENDED
    private volatile boolean ended;

    TrackedLease(String model, AtomicInteger pending, long term, TraceSink traces) {
        this.model = model;
        this.pending = pending;
        this.term = term;
        this.traces = traces;
    }

    @Override
    public void done() {
        if (end()) {
            traces.ended(model, term);
        }
    }

    @Override
    public void done(Usage usage) {
        if (end()) {
            traces.ended(model, term, usage);
        }
    }

    // Exactly one of the two ends counts: dev.penstock.bench.jcstress.cache.LeaseEndsOnce.
    private boolean end() {
        if (!ENDED.compareAndSet(this, false, true)) {
            return false;
        }
        pending.decrementAndGet();
        return true;
    }
}
