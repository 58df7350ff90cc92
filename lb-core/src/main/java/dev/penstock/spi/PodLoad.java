package dev.penstock.spi;

/**
 * The live figures of all endpoints. Reading takes no lock and makes no object; figures of one endpoint that are read
 * one after the other may be from different moments. What is missing is NaN, never zero.
 */
public interface PodLoad {

    /** Requests in flight at an endpoint, from this process and from its replicas. */
    default int inFlight(PodView endpoint) {
        return inFlightLocal(endpoint) + inFlightRemote(endpoint);
    }

    /** Requests in flight at an endpoint that this process has sent or is about to send. */
    int inFlightLocal(PodView endpoint);

    /** Requests in flight at an endpoint, from replicas of this process, as they last told. */
    int inFlightRemote(PodView endpoint);

    /** Prompt tokens, estimated, of requests sent to an endpoint that have no first byte yet. */
    long pendingTokens(PodView endpoint);

    /**
     * A figure that the engine reports.
     *
     * @return NaN where it is missing or too old
     */
    double gauge(PodView endpoint, Gauge gauge);

    /**
     * How long ago the engine reported a figure, in nanoseconds.
     *
     * @return NaN where it never did
     */
    double gaugeAgeNanos(PodView endpoint, Gauge gauge);
}
