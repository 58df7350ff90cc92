package dev.penstock.server.stat;

import dev.penstock.spi.Gauge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An endpoint with what only two samples tell. Immutable; any thread.
 *
 * @param endpoint the endpoint as it is now
 * @param requestsPerSecond requests sent to it a second since the sample before; NaN where it was not in that
 */
public record StatRow(EndpointSample endpoint, double requestsPerSecond) {

    /** What rows are sorted by. Missing figures come last, equal ones by name. */
    public enum Order {
        /** Namespace and name of the pod, then the address. */
        NAME,
        /** Most requests in flight first. */
        IN_FLIGHT,
        /** Most tokens that wait first. */
        TOKENS,
        /** Most requests a second first. */
        RATE,
        /** Fullest KV cache first. */
        KV,
        /** Most requests that wait in the engine first. */
        WAITING,
        /** The engine that was not heard of for longest first. */
        AGE,
        /** What is not ready first. */
        STATE
    }

    /**
     * The rows of a sample.
     *
     * @param before an earlier sample of the same process
     * @param model only endpoints that serve this model; empty for all
     * @param order how they are sorted
     */
    public static List<StatRow> of(FleetSample before, FleetSample now, String model, Order order) {
        Map<Long, Long> begun = new HashMap<>();
        before.endpoints().forEach(each -> begun.put(key(each), each.begun()));
        double seconds = (now.nanos() - before.nanos()) / 1e9;
        List<StatRow> rows = new ArrayList<>();
        for (EndpointSample each : now.endpoints()) {
            if (model.isEmpty() || each.identity().models().contains(model)) {
                Long earlier = begun.get(key(each));
                rows.add(new StatRow(each, earlier == null || seconds <= 0 ? Double.NaN
                        : (each.begun() - earlier) / seconds));
            }
        }
        rows.sort(Comparator.comparingDouble((StatRow row) -> rank(row, order))
                .thenComparing(row -> row.endpoint().identity().namespace())
                .thenComparing(row -> row.endpoint().identity().pod())
                .thenComparing(row -> row.endpoint().identity().address()));
        return rows;
    }

    private static double rank(StatRow row, Order order) {
        EndpointSample endpoint = row.endpoint();
        double most = switch (order) {
            case NAME -> 0;
            case IN_FLIGHT -> (double) endpoint.inFlight() + endpoint.inFlightRemote();
            case TOKENS -> (double) endpoint.pendingTokens();
            case RATE -> row.requestsPerSecond();
            case KV -> endpoint.gauge(Gauge.KV_CACHE_USAGE);
            case WAITING -> endpoint.gauge(Gauge.WAITING);
            case AGE -> endpoint.gaugesAgeNanos();
            case STATE -> endpoint.state().compareTo(EndpointSample.State.READY);
        };
        return Double.isNaN(most) ? Double.POSITIVE_INFINITY : -most;
    }

    private static long key(EndpointSample endpoint) {
        return ((long) endpoint.identity().slot() << Integer.SIZE) | endpoint.identity().generation();
    }
}
