package dev.penstock.cache.snapshot;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * The sole writer of snapshots. Its duty cycle is confined to {@code lb-cache}; {@link SnapshotSource} is for any
 * thread.
 */
public final class FleetAgent implements Agent, SnapshotSource {

    /** Least time between two publications: whatever comes meanwhile is published together. */
    public static final long PUBLISH_INTERVAL_NANOS = 10_000_000;

    /** How soon slots are looked at again that requests or shards still hold. */
    private static final long SWEEP_INTERVAL_NANOS = 100_000_000;

    private final CacheProxy proxy;
    private final FleetLedger ledger;
    private final SlotTable slots;
    private final NanoClock clock;
    private final ErrorHandler errors;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private volatile PublishedFleet published;
    private volatile long settled;
    private @Nullable Thread owner;

    /**
     * A writer of a fleet that is empty still.
     *
     * @param proxy where the commands come from
     * @param ledger what it writes from
     * @param slots who holds which slot
     * @param clock the time
     * @param errors told of listeners that throw
     */
    public FleetAgent(CacheProxy proxy, FleetLedger ledger, SlotTable slots, NanoClock clock, ErrorHandler errors) {
        this.proxy = proxy;
        this.ledger = ledger;
        this.slots = slots;
        this.clock = clock;
        this.errors = errors;
        this.published = new PublishedFleet(Fleet.EMPTY, clock.nanoTime() - PUBLISH_INTERVAL_NANOS, ledger.change(),
                new SlotUse(0, 0, 0));
    }

    // ---- any thread

    @Override
    public Fleet current() {
        return published.fleet();
    }

    /** The last publication as a whole. Any thread. */
    public PublishedFleet published() {
        return published;
    }

    /** Commands whose effect is published, so far. Any thread. */
    public long settled() {
        return settled;
    }

    @Override
    public void acknowledge(int shard, long version) {
        slots.acknowledge(shard, version);
    }

    @Override
    public void onPublish(Runnable listener) {
        listeners.add(listener);
    }

    // ---- lb-cache

    @Override
    public String roleName() {
        return "lb-cache";
    }

    @Override
    public void onStart() {
        owner = Thread.currentThread();
        proxy.servedBy(owner);
    }

    @Override
    public int doWork() {
        assert owner == null || owner == Thread.currentThread() : "not lb-cache";
        int work = proxy.drain(ledger::apply) + ledger.sweep();
        if (ledger.touched() && clock.nanoTime() - published.nanos() >= PUBLISH_INTERVAL_NANOS) {
            publish();
            work++;
        }
        if (work > 0 && !ledger.touched()) {
            settled = proxy.drained();
        }
        return work;
    }

    /** How long there is nothing to do unless a command comes. By {@code lb-cache}. */
    public long restNanos() {
        if (ledger.touched()) {
            return Math.max(0, PUBLISH_INTERVAL_NANOS - (clock.nanoTime() - published.nanos()));
        }
        return ledger.sweeping() ? SWEEP_INTERVAL_NANOS : Long.MAX_VALUE;
    }

    private void publish() {
        Fleet next = ledger.next();
        published = new PublishedFleet(next, clock.nanoTime(), ledger.change(),
                new SlotUse(slots.taken(), slots.leaving(), ledger.slotless()));
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                // One listener must not keep the others from the news.
                errors.onError(e);
            }
        }
    }
}
