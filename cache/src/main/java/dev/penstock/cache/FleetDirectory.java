package dev.penstock.cache;

import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers who serves what, each time by the fleet as it is. Any thread; every answer is immutable. For operators and
 * controllers: whatever asks more than one question of one fleet takes the snapshot itself.
 */
public final class FleetDirectory {

    private final SnapshotSource snapshots;

    /** Answers by the fleets of a source. */
    public FleetDirectory(SnapshotSource snapshots) {
        this.snapshots = snapshots;
    }

    /** Whether a model, adapter or alias of this name is served. */
    public boolean hasModel(String model) {
        return snapshots.current().model(model) != null;
    }

    /** Names of all models, adapters and aliases, in order. */
    public List<String> models() {
        return snapshots.current().models().stream().<String>map(ModelView::name).toList();
    }

    /**
     * The endpoints that serve a model, ready or not, by group.
     *
     * @throws UnknownModelException where there is no such model
     */
    public Candidates podsByModel(String model) {
        ModelView view = snapshots.current().model(model);
        if (view == null) {
            throw new UnknownModelException(model);
        }
        return view.endpoints();
    }

    /**
     * Names of the models, adapters and aliases that a pod serves, in order.
     *
     * @throws UnknownPodException where there is no such pod
     */
    public List<String> modelsByPod(String namespace, String name) {
        Snapshot fleet = snapshots.current();
        PodView pod = find(fleet, namespace, name);
        if (pod == null) {
            throw new UnknownPodException(namespace, name);
        }
        return fleet.models().stream().filter(model -> model.endpoints().contains(pod)).<String>map(ModelView::name)
                .toList();
    }

    /**
     * A pod by name; the endpoint in its lowest slot where it has several. Looks at each endpoint.
     *
     * @throws UnknownPodException where there is no such pod
     */
    public PodView pod(String namespace, String name) {
        PodView pod = find(snapshots.current(), namespace, name);
        if (pod == null) {
            throw new UnknownPodException(namespace, name);
        }
        return pod;
    }

    private static @Nullable PodView find(Snapshot fleet, String namespace, String name) {
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null && endpoint.name().equals(name) && endpoint.namespace().equals(namespace)) {
                return endpoint;
            }
        }
        return null;
    }
}
