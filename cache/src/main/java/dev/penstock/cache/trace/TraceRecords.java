package dev.penstock.cache.trace;

import java.util.concurrent.CompletionStage;

/** Where the records of several replicas become one. Called by {@code lb-trace} alone; never waits and never throws. */
interface TraceRecords {

    /** Whether it makes sense to try. */
    boolean up();

    /** How many connections have come to stand so far; when it has grown, what was put may be lost. */
    long connections();

    /**
     * Puts what this process has counted in the place of what it put before; again does no harm.
     *
     * @param end the window
     * @param trace what is counted of one model
     * @return ends when it is there, or with why it is not; on any thread
     */
    CompletionStage<?> put(long end, ModelTrace trace);
}
