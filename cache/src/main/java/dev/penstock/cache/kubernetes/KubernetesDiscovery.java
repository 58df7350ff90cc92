package dev.penstock.cache.kubernetes;

import dev.penstock.cache.discovery.Discovery;
import dev.penstock.cache.discovery.DiscoveryState;
import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.fabric8.kubernetes.client.Config;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Learns pods and adapters from Kubernetes. The duty cycle is confined to {@code lb-kubernetes}, which never waits for
 * the API server: calls that block have threads of their own. A server that is away, at the start or later, leaves the
 * fleet as it was last.
 */
public final class KubernetesDiscovery implements Discovery {

    /** Name of the source. */
    public static final String SOURCE = "kubernetes";

    private static final int MOST_ERRORS = 100;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String WAITING = "waiting for Kubernetes";

    /** What is there while it runs. */
    record Parts(List<ListWatch<?>> lists, Runnable close) {}

    /** Makes the parts, when the thread begins. */
    @FunctionalInterface
    interface Opening {

        /**
         * Makes them.
         *
         * @param outbox where they tell what is new
         * @param inbox takes what this thread shall do; any thread
         */
        Parts open(Outbox outbox, Consumer<Runnable> inbox);
    }

    private final Opening opening;
    private final Outbox outbox;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread owner;
    private @Nullable Parts parts;
    private volatile DiscoveryState state;
    private volatile Map<String, Integer> refused = Map.of();
    private volatile @Nullable String awaited = WAITING;

    KubernetesDiscovery(Opening opening, CacheProxy proxy, NanoClock clock, Metrics metrics, Set<String> kinds) {
        this.opening = opening;
        this.outbox = new Outbox(proxy);
        this.state = new DiscoveryState(SOURCE, clock.nanoTime(), 0, 0, List.of());
        for (String kind : kinds) {
            metrics.gauge("penstock_kubernetes_refused", "Objects of which something is refused now.",
                    () -> refused.getOrDefault(kind, 0), "kind", kind);
        }
    }

    /**
     * Describes a source; asks nobody before its thread runs.
     *
     * @param settings what is looked at
     * @param groupLabel label that names the group of a pod
     * @param proxy where commands go
     * @param clock the clock of the cache
     * @param metrics where it counts
     * @throws dev.penstock.cache.discovery.InvalidFleetException where the kubeconfig file cannot be read
     */
    public static KubernetesDiscovery of(KubernetesSettings settings, String groupLabel, CacheProxy proxy,
            NanoClock clock, Metrics metrics) {
        Config config = ApiServer.config(settings);
        return new KubernetesDiscovery((outbox, inbox) -> {
            ListWatch.Surroundings around = new ListWatch.Surroundings(KubernetesDiscovery::onThreadOfItsOwn, inbox,
                    clock, new ListWatch.Times(settings.relistNanos(), settings.silenceNanos(),
                            settings.timeoutNanos()), new SplittableRandom());
            ApiServer server = ApiServer.of(config);
            return new Parts(new WatchList(settings, groupLabel, outbox, metrics, around).of(server), server::close);
        }, proxy, clock, metrics, Set.of("pods", "modeladapters"));
    }

    private static Runnable onThreadOfItsOwn(Runnable call) {
        Thread thread = Thread.ofVirtual().name("lb-kubernetes-call").start(call);
        return thread::interrupt;
    }

    // ---- any thread

    @Override
    public DiscoveryState state() {
        return state;
    }

    @Override
    public @Nullable String awaited() {
        return awaited;
    }

    private void post(Runnable task) {
        inbox.add(task);
        LockSupport.unpark(owner);
    }

    // ---- lb-kubernetes

    @Override
    public String roleName() {
        return "lb-kubernetes";
    }

    @Override
    public void load() {
        // The server may be away for long; whoever wants to wait for it asks what is awaited.
    }

    @Override
    public void onStart() {
        owner = Thread.currentThread();
        parts = opening.open(outbox, this::post);
    }

    @Override
    public void onClose() {
        if (parts != null) {
            parts.lists.forEach(ListWatch::close);
            parts.close.run();
        }
    }

    @Override
    public long restNanos() {
        return outbox.isEmpty() ? Long.MAX_VALUE : RETRY_NANOS;
    }

    @Override
    public int doWork() {
        int work = 0;
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            task.run();
            work++;
        }
        List<ListWatch<?>> lists = parts == null ? List.of() : parts.lists;
        for (ListWatch<?> each : lists) {
            work += each.doWork();
        }
        work += outbox.flush();
        if (work > 0) {
            look(lists);
        }
        return work;
    }

    private void look(List<ListWatch<?>> lists) {
        List<FileError> errors = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        Set<String> refusals = new TreeSet<>();
        long good = Long.MAX_VALUE;
        long changes = 0;
        long failures = 0;
        for (ListWatch<?> each : lists) {
            String problem = each.problem();
            if (problem != null) {
                errors.add(error(each.name() + ": " + problem));
            }
            if (!each.absent()) {
                good = Math.min(good, each.goodNanos());
            }
            changes += each.changes();
            failures = Math.max(failures, each.failures());
            counts.merge(each.kind(), each.refused().size(), Integer::sum);
            each.refused().forEach((key, reasons) ->
                    refusals.add(each.kind() + " " + key + ": " + String.join("; ", reasons)));
        }
        refusals.stream().limit(MOST_ERRORS).forEach(text -> errors.add(error(text)));
        if (refusals.size() > MOST_ERRORS) {
            errors.add(error("and " + (refusals.size() - MOST_ERRORS) + " more"));
        }
        state = new DiscoveryState(SOURCE, good, changes, failures, errors);
        refused = Collections.unmodifiableMap(counts);
        if (awaited != null) {
            awaited = stillAwaited(lists);
        }
    }

    private @Nullable String stillAwaited(List<ListWatch<?>> lists) {
        List<ListWatch<?>> open = lists.stream().filter(each -> !each.complete()).toList();
        if (open.isEmpty() && outbox.isEmpty()) {
            return null;
        }
        return open.stream().filter(each -> each.problem() != null).findFirst()
                .map(each -> WAITING + ": " + each.name() + ": " + each.problem()).orElse(WAITING);
    }

    private static FileError error(String text) {
        return new FileError(SOURCE, 0, 0, text);
    }
}
