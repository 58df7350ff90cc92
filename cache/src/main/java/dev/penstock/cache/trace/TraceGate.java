package dev.penstock.cache.trace;

import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;

/** Lets nothing through until somebody collects. Any thread. */
final class TraceGate implements TraceSink {

    private volatile TraceSink to = TraceSink.OFF;

    /** Lets everything through from now on. */
    void open(TraceSink sink) {
        to = sink;
    }

    @Override
    public long began(String model) {
        return to.began(model);
    }

    @Override
    public void ended(String model, long term) {
        to.ended(model, term);
    }

    @Override
    public void ended(String model, long term, Usage usage) {
        to.ended(model, term, usage);
    }
}
