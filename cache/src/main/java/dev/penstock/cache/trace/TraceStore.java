package dev.penstock.cache.trace;

/** Where windows go. Called by {@code lb-trace} alone; never waits and never throws. */
@FunctionalInterface
public interface TraceStore {

    /** Takes a window; again, with larger counts, where something of it was heard late. */
    void write(TraceWindow window);
}
