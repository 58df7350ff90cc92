package dev.penstock.cache;

import java.io.Serial;

/** A pod has no such metric, or none that is recent enough. */
public final class MetricNotFoundException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Without a stack trace: an expected answer. */
    public MetricNotFoundException(String pod, String metric) {
        super("no metric available for " + pod + " - " + metric, null, false, false);
    }
}
