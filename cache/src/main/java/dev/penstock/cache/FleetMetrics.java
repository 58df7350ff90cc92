package dev.penstock.cache;

import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers what is measured of a pod, each time by the fleet and the figures as they are. Any thread. For operators and
 * controllers: whatever routes reads {@link PodLoad}.
 *
 * <p>The names are those of {@link Gauge#metric}, and {@link #RUNNING} and {@link #PENDING_LOAD}. Of a pod that serves
 * on several ports, what is counted is summed, and a gauge is that of the endpoint in the lowest slot; with
 * {@code /port} behind the name it is the figure of that port.
 */
public final class FleetMetrics {

    /** Requests in flight, from this process and its replicas. */
    public static final String RUNNING = "realtime_num_requests_running";
    /** Load in flight, {@link PodLoad#pendingLoad}. */
    public static final String PENDING_LOAD = "realtime_normalized_pendings";

    private static final Map<String, Gauge> GAUGES = Arrays.stream(Gauge.values())
            .collect(Collectors.toUnmodifiableMap(Gauge::metric, Function.identity()));

    private final SnapshotSource snapshots;
    private final PodLoad load;

    /** Answers by the fleets of a source and by live figures. */
    public FleetMetrics(SnapshotSource snapshots, PodLoad load) {
        this.snapshots = snapshots;
        this.load = load;
    }

    /**
     * A metric of a pod.
     *
     * @throws UnknownPodException where there is no such pod
     * @throws MetricNotFoundException where there is no such metric, or its value is missing or too old
     */
    public double ofPod(String namespace, String name, String metric) {
        return read(endpoints(snapshots.current(), namespace, name), null, metric);
    }

    /**
     * A metric of a model on a pod, by the rules of {@link PodLoad#gauge(PodView, ModelView, Gauge)}.
     *
     * @throws UnknownPodException where there is no such pod
     * @throws UnknownModelException where there is no such model
     * @throws MetricNotFoundException where there is no such metric, its value is missing or too old, or the pod does
     *     not serve the model
     */
    public double ofModel(String namespace, String name, String model, String metric) {
        Snapshot fleet = snapshots.current();
        List<PodView> endpoints = endpoints(fleet, namespace, name);
        ModelView view = fleet.model(model);
        if (view == null) {
            throw new UnknownModelException(model);
        }
        List<PodView> serving = endpoints.stream().filter(view.endpoints()::contains).toList();
        if (serving.isEmpty()) {
            throw new MetricNotFoundException(name, model + "/" + metric);
        }
        return read(serving, view, metric);
    }

    private static List<PodView> endpoints(Snapshot fleet, String namespace, String name) {
        List<PodView> endpoints = new ArrayList<>();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null && endpoint.name().equals(name) && endpoint.namespace().equals(namespace)) {
                endpoints.add(endpoint);
            }
        }
        if (endpoints.isEmpty()) {
            throw new UnknownPodException(namespace, name);
        }
        return endpoints;
    }

    private double read(List<PodView> endpoints, @Nullable ModelView model, String metric) {
        int slash = metric.lastIndexOf('/');
        String name = slash < 0 ? metric : metric.substring(0, slash);
        String port = metric.substring(slash + 1);
        List<PodView> asked = slash < 0 ? endpoints
                : endpoints.stream().filter(endpoint -> port.equals(Integer.toString(endpoint.port()))).toList();
        double value = asked.isEmpty() ? Double.NaN : value(asked, model, name);
        if (Double.isNaN(value)) {
            throw new MetricNotFoundException(endpoints.getFirst().name(), metric);
        }
        return value;
    }

    private double value(List<PodView> endpoints, @Nullable ModelView model, String metric) {
        return switch (metric) {
            case RUNNING -> sum(endpoints, load::inFlight);
            case PENDING_LOAD -> sum(endpoints, load::pendingLoad);
            default -> gauge(endpoints, model, GAUGES.get(metric));
        };
    }

    private double gauge(List<PodView> endpoints, @Nullable ModelView model, @Nullable Gauge gauge) {
        if (gauge == null) {
            return Double.NaN;
        }
        if (gauge == Gauge.DRAIN_RATE) {
            return sum(endpoints, endpoint -> load.gauge(endpoint, gauge));
        }
        PodView first = endpoints.getFirst();
        return model == null ? load.gauge(first, gauge) : load.gauge(first, model, gauge);
    }

    private static double sum(List<PodView> endpoints, ToDoubleFunction<PodView> figure) {
        return endpoints.stream().mapToDouble(figure).sum();
    }
}
