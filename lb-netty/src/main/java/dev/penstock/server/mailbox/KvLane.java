package dev.penstock.server.mailbox;

import dev.penstock.core.port.Metrics;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lane of KV events. Where it is full, the events of an endpoint are dropped from there on, until one
 * {@link KvEvent.Resync} in their place has been polled. Any thread offers; the holder of the shard polls.
 */
final class KvLane {

    /** An endpoint whose events were dropped after the event of this number. */
    private record Loss(PodView endpoint, long after) {}

    private final int capacity;
    private final BoundedLane<KvEvent> events;
    private final Map<Long, Loss> losses = new ConcurrentHashMap<>();
    private final Metrics.Count dropped;

    KvLane(int capacity, Metrics.Count dropped) {
        this.capacity = capacity;
        this.events = new BoundedLane<>(capacity);
        this.dropped = dropped;
    }

    /** Adds an event; false where it is dropped. */
    boolean offer(KvEvent event) {
        PodView endpoint = event.endpoint();
        if (event instanceof KvEvent.Expected) {
            // What replicas tell is a guess that others may have made, too: nothing is wrong where it is missing.
            return events.offer(event) || dropped();
        }
        long key = ((long) endpoint.slot() << 32) | (endpoint.generation() & 0xFFFF_FFFFL);
        if (losses.containsKey(key)) {
            return dropped();
        }
        if (events.offer(event)) {
            return true;
        }
        losses.putIfAbsent(key, new Loss(endpoint, events.lastOffered()));
        return dropped();
    }

    private boolean dropped() {
        dropped.increment();
        return false;
    }

    /** Whether it is less than half full. */
    boolean hasRoom() {
        return 2 * events.size() < capacity;
    }

    @Nullable KvEvent poll() {
        if (!losses.isEmpty()) {
            KvEvent resync = pollLoss();
            if (resync != null) {
                return resync;
            }
        }
        return events.poll();
    }

    // What was offered before the loss goes first: after the resync it would be believed.
    private @Nullable KvEvent pollLoss() {
        for (Iterator<Loss> waiting = losses.values().iterator(); waiting.hasNext(); ) {
            Loss loss = waiting.next();
            if (events.lastTaken() >= loss.after()) {
                waiting.remove();
                return new KvEvent.Resync(loss.endpoint());
            }
        }
        return null;
    }

    boolean isEmpty() {
        if (!events.isEmpty()) {
            return false;
        }
        for (Loss loss : losses.values()) {
            if (events.lastTaken() >= loss.after()) {
                return false;
            }
        }
        return true;
    }
}
