package dev.penstock.cache.tracking;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source whose fleet a test sets. */
final class FixedFleet implements SnapshotSource {

    private volatile Fleet fleet = Fleet.EMPTY;

    static Pod pod(String uid, int generation) {
        return Pod.of(new PodIdentity("ns", "p", uid), "h", 8000, 0, generation, "", "vllm", true, Map.of(), Map.of());
    }

    void show(@Nullable Pod pod, String... models) {
        Map<String, Model> byName = new LinkedHashMap<>();
        for (String model : models) {
            byName.put(model, new Model(model, model, EndpointList.EMPTY, EndpointList.EMPTY, 0, null, null));
        }
        @Nullable PodView[][] chunks = new PodView[1][Fleet.CHUNK];
        chunks[0][0] = pod;
        fleet = new Fleet(fleet.version() + 1, ModelIndex.of(byName.values()), chunks);
    }

    @Override
    public Fleet current() {
        return fleet;
    }

    @Override
    public void acknowledge(int shard, long version) {}

    @Override
    public void onPublish(Runnable listener) {}
}
