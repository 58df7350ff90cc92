package dev.penstock.cache.snapshot;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.agrona.concurrent.AgentInvoker;

/** The writer of snapshots with its time and its duty cycles in the hands of a test. */
final class HandDrivenCache {

    static final String SOURCE = "test";

    final FigureColumns figures;
    final CacheProxy proxy = new CacheProxy(1024);
    final SlotTable slots;
    final FleetLedger ledger;
    final FleetAgent agent;
    private final AgentInvoker invoker;
    private final int shards;
    long now = 1_000_000_000_000L;

    HandDrivenCache(int maxEndpoints, int shards) {
        this.shards = shards;
        figures = FigureColumns.direct(maxEndpoints, () -> now, 1_000_000_000L, GpuProfiles.NONE);
        slots = new SlotTable(maxEndpoints, shards, figures);
        ledger = new FleetLedger(slots, shards, "group");
        agent = new FleetAgent(proxy, ledger, slots, () -> now, error -> {
            throw new AssertionError(error);
        });
        invoker = new AgentInvoker(error -> {
            throw new AssertionError(error);
        }, null, agent);
        invoker.start();
    }

    static PodSpec pod(String name, String uid, String... models) {
        return new PodSpec(new PodIdentity("ns", name, uid), "10.0.0.1", List.of(8000), null, "vllm", true, Map.of(),
                Map.of(), Set.of(models));
    }

    static PodSpec onPorts(PodSpec pod, Integer... ports) {
        return new PodSpec(pod.identity(), pod.host(), List.of(ports), pod.group(), pod.engine(), pod.ready(),
                pod.labels(), pod.annotations(), pod.models(), pod.claims());
    }

    static PodSpec readiness(PodSpec pod, boolean ready) {
        return new PodSpec(pod.identity(), pod.host(), pod.ports(), pod.group(), pod.engine(), ready, pod.labels(),
                pod.annotations(), pod.models(), pod.claims());
    }

    void upsert(PodSpec pod) {
        proxy.offer(new CacheCommand.PodUpserted(SOURCE, pod));
    }

    void remove(PodSpec pod) {
        proxy.offer(new CacheCommand.PodRemoved(SOURCE, pod.identity().namespace(), pod.identity().name(),
                pod.identity().uid()));
    }

    void replace(List<PodSpec> pods, ModelSpec... models) {
        proxy.offer(new CacheCommand.PodsReplaced(SOURCE, new FleetSpec(pods, List.of(models))));
    }

    void tell(CacheCommand command) {
        proxy.offer(command);
    }

    /** One duty cycle, now. */
    int cycle() {
        return invoker.invoke();
    }

    /** A duty cycle at a time when publishing is allowed again. */
    Fleet publish() {
        now += FleetAgent.PUBLISH_INTERVAL_NANOS;
        cycle();
        return fleet();
    }

    /** All shards acknowledge what is published, and the writer takes note. */
    void acknowledgeAll() {
        for (int shard = 0; shard < shards; shard++) {
            agent.acknowledge(shard, fleet().version());
        }
        cycle();
    }

    Fleet fleet() {
        return agent.current();
    }

    Model model(String name) {
        return Objects.requireNonNull(fleet().model(name), name);
    }

    /** The only endpoint of a model. */
    PodView only(String model) {
        return model(model).endpoints().get(0);
    }
}
