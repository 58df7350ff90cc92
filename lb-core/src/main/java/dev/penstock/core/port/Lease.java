package dev.penstock.core.port;

import dev.penstock.spi.Usage;

/**
 * A request from its admission to its end: what the tracker began, and ends exactly once. Any thread may end it; ends
 * after the first do nothing.
 */
public interface Lease {

    /** The request has ended, and its tokens are not known. */
    void done();

    /** The request has ended. */
    void done(Usage usage);
}
