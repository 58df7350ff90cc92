package dev.penstock.cache.tracking;

import dev.penstock.core.port.Lease;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

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

    private final String name;
    private final TrackedModel model;
    private final long term;
    private final TraceSink traces;
    private final NanoClock clock;

    @SuppressWarnings("unused") // by ENDED
    private volatile boolean ended;

    TrackedLease(String name, TrackedModel model, long term, TraceSink traces, NanoClock clock) {
        this.name = name;
        this.model = model;
        this.term = term;
        this.traces = traces;
        this.clock = clock;
    }

    @Override
    public void done() {
        if (end()) {
            traces.ended(name, term);
        }
    }

    @Override
    public void done(Usage usage) {
        if (end()) {
            if (usage.known()) {
                model.outputs().add(usage.promptTokens(), usage.completionTokens(), clock.nanoTime());
            }
            traces.ended(name, term, usage);
        }
    }

    // Exactly one of the two ends counts: dev.penstock.bench.jcstress.cache.LeaseEndsOnce.
    private boolean end() {
        if (!ENDED.compareAndSet(this, false, true)) {
            return false;
        }
        model.end();
        return true;
    }
}
