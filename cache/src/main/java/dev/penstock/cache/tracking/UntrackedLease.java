package dev.penstock.cache.tracking;

import dev.penstock.core.port.Lease;
import dev.penstock.spi.Usage;

/** The lease of a request whose model is not in the fleet. */
final class UntrackedLease implements Lease {

    @Override
    public void done() {}

    @Override
    public void done(Usage usage) {}
}
