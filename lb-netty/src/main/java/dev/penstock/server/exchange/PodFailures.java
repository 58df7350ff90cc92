package dev.penstock.server.exchange;

import dev.penstock.core.port.Health;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.spi.PodView;

/** What health is told where a connection has failed a request. Holds no state. */
final class PodFailures {
    private PodFailures() {
    }

    static void tell(Health health, PodView endpoint, UpstreamFailure failure) {
        switch (failure) {
            case NOT_CONNECTED -> health.failed(endpoint, Health.Failure.CONNECT);
            case UNANSWERED -> health.failed(endpoint, Health.Failure.UNANSWERED);
            case MALFORMED -> health.failed(endpoint, Health.Failure.MALFORMED);
            case BROKEN -> health.failed(endpoint, Health.Failure.BROKEN);
            // Any engine closes idle connections, and some while they are used again.
            case STALE -> { }
        }
    }
}
