package dev.penstock.cache.kvevents;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;

/**
 * Hears what engines tell of their KV caches: one subscription for each publisher of the pods that offer it, as the
 * fleet says. The duty cycle is confined to {@code lb-kv}, which waits for nobody but its own poll.
 */
public final class KvEventAgent implements Agent {

    private static final long POLL_MILLIS = 50;
    private static final long STALLED_NANOS = 2_000_000;
    private static final int MOST_SERIES = 1_000;

    private final KvEventSettings settings;
    private final SnapshotSource snapshots;
    private final NanoClock clock;
    private final KvEventMetrics metrics;
    private final Map<String, KvSubscription> subscriptions = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<Integer> forgetful = new ConcurrentLinkedQueue<>();
    // Of each pod, for the metrics.
    private final Map<String, Long> lastNumbers = new ConcurrentHashMap<>();
    private final Map<String, Long> heardNanos = new ConcurrentHashMap<>();
    private volatile KvEventListener listener = KvEventListener.NONE;
    private volatile @Nullable Thread thread;
    private volatile int subscribed;
    private @Nullable KvSockets sockets;
    private ZMQ.@Nullable Poller poller;
    private @Nullable Fleet seen;
    private boolean listened;

    /**
     * An agent that hears nobody yet.
     *
     * @param settings where engines publish
     * @param snapshots the fleet
     * @param clock the time
     * @param metrics where it counts
     */
    public KvEventAgent(KvEventSettings settings, SnapshotSource snapshots, NanoClock clock, Metrics metrics) {
        this.settings = settings;
        this.snapshots = snapshots;
        this.clock = clock;
        this.metrics = KvEventMetrics.of(metrics);
        metrics.gauge("penstock_kv_events_subscriptions", "Publishers of KV events that are listened to.",
                () -> subscribed);
        metrics.gauges("penstock_kv_events_last_sequence", "Number of the last message about its KV cache.", "pod",
                MOST_SERIES, () -> lastNumbers);
        metrics.gauges("penstock_kv_events_age_seconds", "Time since the last message about its KV cache.", "pod",
                MOST_SERIES, this::ages);
        snapshots.onPublish(this::wake);
    }

    private Map<String, Double> ages() {
        long now = clock.nanoTime();
        Map<String, Double> ages = new HashMap<>();
        heardNanos.forEach((pod, nanos) -> ages.put(pod, Math.max(0, now - nanos) / 1e9));
        return ages;
    }

    /** Names who hears; nothing is subscribed to before that. Any thread. */
    public void onEvent(KvEventListener told) {
        listener = told;
        wake();
    }

    /** The listeners of a shard know nothing any more, and are told again as far as engines repeat it. Any thread. */
    public void tellAgain(int shard) {
        forgetful.add(shard);
        wake();
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public String roleName() {
        return "lb-kv";
    }

    @Override
    public void onStart() {
        thread = Thread.currentThread();
    }

    @Override
    public int doWork() {
        listened = listener != KvEventListener.NONE;
        if (!listened) {
            return 0;
        }
        long now = clock.nanoTime();
        boolean changed = follow(now);
        KvSockets open = sockets;
        if (open == null || subscriptions.isEmpty()) {
            return 0;
        }
        for (Integer shard = forgetful.poll(); shard != null; shard = forgetful.poll()) {
            int forgot = shard;
            subscriptions.values().stream().filter(each -> each.publisher().shard() == forgot)
                    .forEach(KvSubscription::tellAgain);
        }
        for (KvSubscription subscription : subscriptions.values()) {
            changed |= subscription.look(now);
        }
        await(open, changed);
        return receive();
    }

    private void await(KvSockets open, boolean changed) {
        ZMQ.Poller waiting = poller;
        if (changed || waiting == null) {
            if (waiting != null) {
                waiting.close();
            }
            List<ZMQ.Socket> all = new ArrayList<>();
            subscriptions.values().forEach(subscription -> subscription.sockets(all::add));
            waiting = open.poller(all);
            poller = waiting;
        }
        try {
            waiting.poll(POLL_MILLIS);
        } catch (RuntimeException e) {
            // Whoever ends an agent interrupts it.
            if (!Thread.currentThread().isInterrupted()) {
                throw e;
            }
        }
    }

    private int receive() {
        int taken = 0;
        for (KvSubscription subscription : subscriptions.values()) {
            int messages = subscription.receive();
            if (messages > 0) {
                taken += messages;
                lastNumbers.put(subscription.publisher().pod(), subscription.last());
                heardNanos.put(subscription.publisher().pod(), subscription.heardNanos());
            }
        }
        return taken;
    }

    /** Subscribes as the fleet says; whether anything changed. */
    private boolean follow(long now) {
        Fleet fleet = snapshots.current();
        if (fleet == seen) {
            return false;
        }
        seen = fleet;
        Map<String, KvPublisher> wanted = publishers(fleet);
        boolean changed = false;
        for (KvSubscription subscription : List.copyOf(subscriptions.values())) {
            KvPublisher still = wanted.remove(subscription.publisher().key());
            if (still != null) {
                subscription.publisher(still);
            } else {
                changed = true;
                subscriptions.remove(subscription.publisher().key());
                lastNumbers.remove(subscription.publisher().pod());
                heardNanos.remove(subscription.publisher().pod());
                subscription.close(fleet);
            }
        }
        for (KvPublisher publisher : wanted.values()) {
            changed = true;
            if (sockets == null) {
                sockets = new KvSockets();
            }
            subscriptions.put(publisher.key(),
                    new KvSubscription(publisher, sockets, listener, settings, metrics, now));
        }
        subscribed = subscriptions.size();
        return changed;
    }

    private Map<String, KvPublisher> publishers(Fleet fleet) {
        int[] shards = shards(fleet);
        Map<String, List<PodView>> pods = new LinkedHashMap<>();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null && shards[slot] >= 0 && KvPublisher.offers(endpoint)) {
                pods.computeIfAbsent(endpoint.uid(), any -> new ArrayList<>()).add(endpoint);
            }
        }
        Map<String, KvPublisher> publishers = new LinkedHashMap<>();
        for (List<PodView> endpoints : pods.values()) {
            KvPublisher.of(endpoints, shards[endpoints.getFirst().slot()], settings)
                    .forEach(publisher -> publishers.put(publisher.key(), publisher));
        }
        return publishers;
    }

    private static int[] shards(Fleet fleet) {
        int[] shards = new int[fleet.slots()];
        Arrays.fill(shards, -1);
        for (Model model : fleet.models()) {
            Candidates serving = model.endpoints();
            for (int i = 0; i < serving.size(); i++) {
                shards[serving.get(i).slot()] = model.shard();
            }
        }
        return shards;
    }

    /** How long there is nothing to do. By {@code lb-kv}. */
    public long restNanos() {
        // With sockets it waits in the poll; where it comes back at once and nothing is taken, a shard has no room.
        return !listened || subscriptions.isEmpty() ? Long.MAX_VALUE : STALLED_NANOS;
    }

    @Override
    public void onClose() {
        if (sockets != null) {
            sockets.close();
        }
    }
}
