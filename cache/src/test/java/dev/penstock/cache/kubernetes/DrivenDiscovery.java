package dev.penstock.cache.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.figures.SlotColumns;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.cache.snapshot.FleetAgent;
import dev.penstock.cache.snapshot.FleetLedger;
import dev.penstock.cache.snapshot.SlotTable;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.HandClock;
import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Discovery and the writer of snapshots against a real connection, both run by the thread of the test; what takes time
 * is on a clock that is moved by hand.
 */
final class DrivenDiscovery implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofSeconds(40);

    final HandClock clock = new HandClock();
    final KubernetesDiscovery discovery;
    final FleetAgent agent;
    private final Semaphore arrived = new Semaphore(0);
    private final CacheProxy proxy = new CacheProxy(1024);

    DrivenDiscovery(KubernetesSettings settings, Config config, Metrics metrics) {
        SlotTable slots = new SlotTable(1024, 1, SlotColumns.NONE);
        agent = new FleetAgent(proxy, new FleetLedger(slots, 1, "app.kubernetes.io/name"), slots, NanoClock.SYSTEM,
                error -> {
                    throw new AssertionError(error);
                });
        discovery = new KubernetesDiscovery((outbox, inbox) -> {
            ListWatch.Calls calls = call -> {
                Thread thread = Thread.ofVirtual().start(call);
                return thread::interrupt;
            };
            ListWatch.Surroundings around = new ListWatch.Surroundings(calls, task -> {
                inbox.accept(task);
                arrived.release();
            }, clock::nanoTime,
                    new ListWatch.Times(settings.relistNanos(), settings.silenceNanos(), settings.timeoutNanos()),
                    new Random(1));
            ApiServer server = ApiServer.of(ApiServer.patient(config, settings));
            List<ListWatch<?>> lists = new WatchList(settings, "app.kubernetes.io/name", outbox, metrics, around)
                    .of(server);
            return new KubernetesDiscovery.Parts(lists, server::close);
        }, proxy, clock::nanoTime, metrics, Set.of("pods", "modeladapters"));
        agent.onStart();
        discovery.onStart();
    }

    /** Lets both do what there is to do until something holds. */
    void until(String what, BooleanSupplier condition) {
        until(what, Duration.ZERO, condition);
    }

    /** The same, while time passes at each turn in which there is nothing to do. */
    void until(String what, Duration step, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - begin)
                    .as("waiting for %s; %s; %s", what, discovery.state(), discovery.awaited())
                    .isLessThan(LONGEST.toNanos());
            if (discovery.doWork() + agent.doWork() == 0) {
                clock.advance(step);
                awaitNews();
            }
        }
    }

    private void awaitNews() {
        try {
            // At the latest when the writer may publish again.
            if (arrived.tryAcquire(FleetAgent.PUBLISH_INTERVAL_NANOS, TimeUnit.NANOSECONDS)) {
                arrived.drainPermits();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Fleet fleet() {
        return agent.current();
    }

    boolean serves(String model) {
        return fleet().model(model) != null;
    }

    /** How many endpoints of a model can take requests. */
    int ready(String model) {
        Model found = fleet().model(model);
        return found == null ? 0 : found.ready().size();
    }

    /** Names of the pods that serve a model, in order. */
    List<String> names(String model) {
        Model found = fleet().model(model);
        return found == null ? List.of() : IntStream.range(0, found.endpoints().size())
                .mapToObj(each -> found.endpoints().get(each).name()).sorted().toList();
    }

    /** The endpoint of a pod that serves a model. */
    PodView endpoint(String model, String pod) {
        Model found = fleet().model(model);
        assertThat(found).as(model).isNotNull();
        return IntStream.range(0, found.endpoints().size()).mapToObj(found.endpoints()::get)
                .filter(each -> each.name().equals(pod)).findFirst().orElseThrow();
    }

    /** The first endpoint of a model. */
    PodView endpoint(String model) {
        Model found = fleet().model(model);
        assertThat(found).as(model).isNotNull();
        return found.endpoints().get(0);
    }

    boolean complains(String about) {
        return discovery.state().errors().stream().anyMatch(error -> error.toString().contains(about));
    }

    @Override
    public void close() {
        discovery.onClose();
    }
}
