package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.health.EjectionAgent;
import dev.penstock.cache.health.EndpointHealth;
import dev.penstock.core.config.HealthChecks;
import dev.penstock.core.config.HealthSettings;
import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Two endpoints of a model, of which one may be out, after two failures in a row; and a clock by which every duty cycle
 * may look. The duty cycles are confined to one actor.
 */
final class StressedHealth implements SnapshotSource {

    private static final HealthSettings RULES = new HealthSettings(2, 3_600_000_000_000L, 3_600_000_000_000L, 50, 0, 0,
            new HealthChecks("", 0, 0, 1, 1));

    private static final int NOBODY = 0;

    final FigureColumns figures = FigureColumns.direct(2, () -> 0, Long.MAX_VALUE, GpuProfiles.NONE);
    final EndpointHealth health;
    final EjectionAgent agent;
    final PodView endpoint;
    final PodView other;
    private volatile Fleet fleet;
    private long now;

    StressedHealth() {
        // Each decision is a line of the log otherwise.
        Logger.getLogger(EjectionAgent.class.getName()).setLevel(Level.OFF);
        figures.prepare(0, 1);
        figures.prepare(1, 1);
        fleet = fleet(1, 1);
        endpoint = endpoint(fleet, 0);
        other = endpoint(fleet, 1);
        health = new EndpointHealth(figures.health(), () -> RULES, () -> 0, () -> { });
        agent = new EjectionAgent(health, figures.health(), this, () -> RULES, () -> now += 1_000_000_000,
                Metrics.NONE);
    }

    /** Another endpoint moves into the first slot. */
    void replace() {
        fleet = fleet(2, NOBODY);
        agent.doWork();
        figures.retire(0, 1);
        figures.prepare(0, 2);
        fleet = fleet(3, 2);
        agent.doWork();
    }

    /** Who is in the first slot now. */
    PodView inhabitant() {
        return endpoint(fleet, 0);
    }

    private static PodView endpoint(Snapshot fleet, int slot) {
        PodView endpoint = fleet.endpoint(slot);
        if (endpoint == null) {
            throw new IllegalStateException("nobody is there");
        }
        return endpoint;
    }

    private static Fleet fleet(long version, int generation) {
        PodView[][] chunks = new PodView[1][Fleet.CHUNK];
        List<PodView> there = new ArrayList<>();
        for (int slot = 0; slot < 2; slot++) {
            int present = slot == 0 ? generation : 1;
            if (present != NOBODY) {
                chunks[0][slot] = Pod.of(new PodIdentity("n", "p" + slot, "u"), "h", slot + 1, slot, present, "",
                        "vllm", true, Map.of(), Map.of());
                there.add(chunks[0][slot]);
            }
        }
        EndpointList all = EndpointList.of(there);
        Map<String, Model> models = new LinkedHashMap<>();
        models.put("m", new Model("m", "m", all, all, 0, null, null));
        return new Fleet(version, ModelIndex.of(models.values()), chunks);
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
