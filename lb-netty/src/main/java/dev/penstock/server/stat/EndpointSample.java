package dev.penstock.server.stat;

import dev.penstock.spi.Gauge;
import java.util.List;
import java.util.Map;

/**
 * An endpoint at one moment. Immutable; any thread.
 *
 * @param identity who it is
 * @param state what becomes of requests for it
 * @param stateAgeNanos since when that is so
 * @param ageNanos since when it is in the fleet
 * @param inFlight requests in flight from the process
 * @param inFlightRemote requests in flight from its replicas
 * @param pendingTokens prompt tokens of requests that have no first byte yet
 * @param begun requests that were sent to it, ever
 * @param gauges what its engine reported, however old
 */
public record EndpointSample(Identity identity, State state, long stateAgeNanos, long ageNanos, int inFlight,
        int inFlightRemote, long pendingTokens, long begun, Map<Gauge, Reported> gauges) {

    /** What becomes of requests for an endpoint. */
    public enum State {
        /** It gets them. */
        READY,
        /** It cannot take any, by the source of the fleet. */
        NOT_READY,
        /** It failed too often. */
        EJECTED,
        /** It had too much to do. */
        COOLING_DOWN,
        /** It gets one at a time. */
        PROBING,
        /** It has left the fleet, and requests still run there. */
        LEAVING
    }

    /**
     * Who an endpoint is.
     *
     * @param slot its slot
     * @param generation tells the users of a slot apart
     * @param namespace namespace of the pod
     * @param pod name of the pod
     * @param address {@code host:port}
     * @param uid identity of the pod
     * @param models models that it serves, as many as are told
     * @param modelCount how many models it serves
     */
    public record Identity(int slot, int generation, String namespace, String pod, String address, String uid,
            List<String> models, int modelCount) {

        /** Copies the list. */
        public Identity {
            models = List.copyOf(models);
        }
    }

    /**
     * A figure of an engine.
     *
     * @param value the figure
     * @param ageNanos how long ago it was reported
     * @param fresh whether the process would still go by it
     */
    public record Reported(double value, long ageNanos, boolean fresh) {}

    /** Copies the map. */
    public EndpointSample {
        gauges = Map.copyOf(gauges);
    }

    /** A figure of the engine; NaN where it was never reported, or is too old. */
    public double gauge(Gauge gauge) {
        Reported reported = gauges.get(gauge);
        return reported == null || !reported.fresh() ? Double.NaN : reported.value();
    }

    /** How long ago the engine was heard of last, in nanoseconds; NaN where it never was. */
    public double gaugesAgeNanos() {
        return gauges.values().stream().mapToDouble(Reported::ageNanos).min().orElse(Double.NaN);
    }
}
