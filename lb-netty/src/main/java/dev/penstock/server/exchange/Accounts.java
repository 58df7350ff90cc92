package dev.penstock.server.exchange;

import dev.penstock.core.port.Lease;
import dev.penstock.core.port.Quota;
import dev.penstock.spi.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What was counted for one request, and is settled once when it ends. Confined to the event loop of its exchange.
 */
final class Accounts {
    private @Nullable Lease lease;
    private ProxyMetrics.@Nullable ModelMetrics model;
    private @Nullable AdmissionLeg admission;
    private @Nullable TokenLeg tokens;

    /** The model is known. */
    void model(ProxyMetrics.ModelMetrics metrics) {
        model = metrics;
        metrics.began();
    }

    /** Admission has been asked. */
    void admission(AdmissionLeg leg) {
        admission = leg;
    }

    /** The prompt is to become tokens. */
    void tokens(TokenLeg leg) {
        tokens = leg;
    }

    /** The tracker counts the request. */
    void lease(Lease begun) {
        lease = begun;
    }

    /** What is left to the user of the request; null where that is not limited. */
    @Nullable Quota quota() {
        return admission == null ? null : admission.quota();
    }

    /** A pod has answered, and the request has ended. */
    void took(Timeline timeline, boolean stream) {
        if (model != null) {
            model.took(timeline, stream);
        }
    }

    /**
     * The request has ended.
     *
     * @param routed whether it had got as far as an endpoint
     */
    void settle(boolean routed, Usage usage, int status) {
        if (admission != null) {
            admission.end(routed, usage);
        }
        if (tokens != null) {
            tokens.end();
        }
        Lease taken = lease;
        if (taken != null && usage.known()) {
            taken.done(usage);
        } else if (taken != null) {
            taken.done();
        }
        if (model != null) {
            model.ended(status / 100 == 2 || status == Tunnel.SWITCHING_PROTOCOLS, usage);
        }
    }
}
