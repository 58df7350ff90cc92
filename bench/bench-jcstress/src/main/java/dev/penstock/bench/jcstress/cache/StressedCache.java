package dev.penstock.bench.jcstress.cache;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.snapshot.FleetLedger;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.cache.snapshot.SlotTable;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One slot, and a clock by which every duty cycle may publish. The duty cycles are confined to one actor. */
final class StressedCache {

    private long now;
    final FigureColumns figures = FigureColumns.direct(1, () -> 0, Long.MAX_VALUE, GpuProfiles.NONE);
    private final SlotTable slots = new SlotTable(1, 1, figures);
    private final CacheProxy proxy = new CacheProxy(4);
    final FleetAgent agent = new FleetAgent(proxy, new FleetLedger(slots, 1, ""), slots,
            () -> now += FleetAgent.PUBLISH_INTERVAL_NANOS, error -> {
                throw new AssertionError(error);
            });

    /** A pod that serves the model {@code m} comes. */
    void come(String uid) {
        tell(uid, Set.of("m"), List.of());
    }

    /** A pod comes, or is another now. */
    void tell(String uid, Set<String> models, List<ModelClaim> claims) {
        proxy.offer(new CacheCommand.PodUpserted("s", new PodSpec(new PodIdentity("n", "p", uid), "h", List.of(1),
                null, "vllm", true, Map.of(), Map.of(), models, claims)));
        agent.doWork();
    }

    void go(String uid) {
        proxy.offer(new CacheCommand.PodRemoved("s", "n", "p", uid));
        agent.doWork();
    }
}
