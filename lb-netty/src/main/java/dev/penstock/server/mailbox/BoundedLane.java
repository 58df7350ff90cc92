package dev.penstock.server.mailbox;

import com.lmax.disruptor.EventTranslatorOneArg;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.YieldingWaitStrategy;
import org.jspecify.annotations.Nullable;

/**
 * A lane that refuses when it is full. Any thread offers; the holder of the shard polls. Neither waits.
 *
 * @param <E> what it carries
 */
final class BoundedLane<E> {

    private static final class Slot<E> {
        @Nullable E event;
    }

    private final RingBuffer<Slot<E>> ring;
    private final EventTranslatorOneArg<Slot<E>, E> fill = (slot, sequence, event) -> slot.event = event;
    private final Sequence taken = new Sequence();

    /**
     * An empty lane.
     *
     * @param capacity a power of two
     */
    BoundedLane(int capacity) {
        // Nobody ever waits on the ring, and this is a strategy whose signal on publication does nothing: the default
        // one takes a lock there.
        ring = RingBuffer.createMultiProducer(Slot::new, capacity, new YieldingWaitStrategy());
        ring.addGatingSequences(taken);
    }

    /** Adds an event; false where the lane is full. */
    boolean offer(E event) {
        return ring.tryPublishEvent(fill, event);
    }

    /** The next event, or null. By the holder. */
    @Nullable E poll() {
        // Not an EventPoller: it looks through all that is published for each single event that it gives.
        long next = taken.get() + 1;
        if (!ring.isAvailable(next)) {
            return null;
        }
        Slot<E> slot = ring.get(next);
        E event = slot.event;
        slot.event = null;
        taken.set(next);
        return event;
    }

    /** Whether there is nothing to poll. Asked by others than the holder, it may say no where the holder took it. */
    boolean isEmpty() {
        return !ring.isAvailable(taken.get() + 1);
    }

    /** Number of the last event that was offered; -1 before the first. */
    long lastOffered() {
        return ring.getCursor();
    }

    /** Number of the last event that was polled; -1 before the first. */
    long lastTaken() {
        return taken.get();
    }

    /** Events that wait. */
    int size() {
        return (int) Math.max(0, ring.getCursor() - taken.get());
    }
}
