package dev.penstock.cache.trace;

/** Where windows go. Called by {@code lb-trace} alone; never waits and never throws. */
@FunctionalInterface
public interface TraceStore {

    /** Takes a window; again, with larger counts, where something of it was heard late. */
    void write(TraceWindow window);

    /** Goes on with what it has begun; how much work that was. */
    default int doWork() {
        return 0;
    }

    /** How long there is nothing to go on with, in nanoseconds. */
    default long restNanos() {
        return Long.MAX_VALUE;
    }

    /** Nothing more comes. May wait for what it has begun, for a moment. */
    default void close() {}
}
