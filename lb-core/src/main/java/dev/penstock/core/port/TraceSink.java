package dev.penstock.core.port;

import dev.penstock.spi.Usage;

/**
 * Takes the records of requests for the GPU optimizer, off the request path. Any thread may call it; it never blocks
 * and never throws; what it cannot take it drops and counts.
 */
public interface TraceSink {

    /** Collects nothing. */
    TraceSink OFF = new TraceSink() {
        @Override
        public long began(String model) {
            return 0;
        }

        @Override
        public void ended(String model, long term) {}

        @Override
        public void ended(String model, long term, Usage usage) {}
    };

    /**
     * A request began.
     *
     * @return the term of the trace window in which it began; 0 where nothing is collected
     */
    long began(String model);

    /** A request ended without known usage. */
    void ended(String model, long term);

    /** A request ended with known usage. */
    void ended(String model, long term, Usage usage);
}
