package dev.penstock.server.tls;

import dev.penstock.core.port.Metrics;
import java.util.function.DoubleSupplier;

/** What certificates and keys tell the operator. Holds no state. */
public final class TlsMetrics {

    private TlsMetrics() {}

    /** Counts changed files that could not be used. */
    public static Metrics.Count reloadFailures(Metrics metrics) {
        return metrics.counter("penstock_tls_reload_failures",
                "Times that changed files of certificates and keys were of no use, and the last good ones stayed.");
    }

    /**
     * Tells when a certificate of ours ends.
     *
     * @param owner whose it is
     * @param epochSeconds asked for whenever metrics are read; NaN where there is none
     */
    public static void certificateExpiry(Metrics metrics, String owner, DoubleSupplier epochSeconds) {
        metrics.gauge("penstock_tls_certificate_expiry_seconds",
                "When a certificate of ours ends, in seconds since 1970.", epochSeconds, "certificate", owner);
    }
}
