package dev.penstock.spi;

/**
 * The live figures of all endpoints. Any thread may read them: no lock, no object. Figures of one endpoint that are
 * read one after the other may be from different moments. What is missing is NaN, never zero.
 *
 * <p>An endpoint that has left the fleet has no figures: what is read of it means nothing.
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
     * The load that is in flight at an endpoint, by what was measured of its group: the sum of the
     * {@linkplain GpuProfile#consumption shares} of all requests there, from this process and from its replicas. At 1
     * the endpoint has as much as it carries within its targets; a request that it cannot carry at all counts as 1.
     *
     * @return NaN where there is no {@link GpuProfile} for the group of the endpoint
     * @since 1.1
     */
    default double pendingLoad(PodView endpoint) {
        return Double.NaN;
    }

    /**
     * Requests that an endpoint has answered to their end, from this process, a second, over the last minute.
     *
     * @return NaN until it has been watched for ten seconds
     * @since 1.1
     */
    default double completionRate(PodView endpoint) {
        return Double.NaN;
    }

    /**
     * A figure that the engine reports.
     *
     * @return NaN where it is missing, or older than the setting {@code gauges.max-age}
     */
    double gauge(PodView endpoint, Gauge gauge);

    /**
     * How long ago the engine reported a figure, in nanoseconds.
     *
     * @return NaN where it never did
     */
    double gaugeAgeNanos(PodView endpoint, Gauge gauge);

    /**
     * A figure that the engine reports of one of its models. Engines that serve one model, and its adapters, do not
     * tell models apart: then it is the figure of the base model, and where there is none, that of the endpoint.
     *
     * @return NaN where it is missing, or older than the setting {@code gauges.max-age}
     */
    default double gauge(PodView endpoint, ModelView model, Gauge gauge) {
        return gauge(endpoint, gauge);
    }

    /**
     * How long ago the engine reported the figure that {@link #gauge(PodView, ModelView, Gauge)} answers with, in
     * nanoseconds; where that is NaN, how long ago it reported the figure of the endpoint.
     *
     * @return NaN where it never did
     */
    default double gaugeAgeNanos(PodView endpoint, ModelView model, Gauge gauge) {
        return gaugeAgeNanos(endpoint, gauge);
    }
}
