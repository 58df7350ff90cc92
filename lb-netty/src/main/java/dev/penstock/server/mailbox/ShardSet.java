package dev.penstock.server.mailbox;

import dev.penstock.core.engine.Dispatcher;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.spi.KvEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * All shards, their threads {@code lb-router-k} and the {@code lb-watchdog}. Any thread may call it. Looks at the fleet
 * by itself when that is published.
 */
public final class ShardSet implements Dispatcher, AutoCloseable {

    private static final Logger LOG = System.getLogger(ShardSet.class.getName());
    private static final int LOOKS_PER_STALL = 4;
    private static final long SHORTEST_LOOK_NANOS = 1_000_000;
    private static final long CLOSE_MILLIS = 500;

    private final ShardContext context;
    private final List<ShardMailbox> mailboxes = new ArrayList<>();
    private final AtomicReferenceArray<RouterThread> routerThreads;
    private final List<EpochListener> listeners = new CopyOnWriteArrayList<>();
    private final Thread watchdog;
    private volatile boolean closed;

    /** The shards; nothing runs before {@link #start}. */
    public ShardSet(ShardContext context) {
        this.context = context;
        this.routerThreads = new AtomicReferenceArray<>(context.shards());
        for (int shard = 0; shard < context.shards(); shard++) {
            mailboxes.add(new ShardMailbox(shard, context, this::mayServeHere, this::newEpoch));
            routerThreads.set(shard, new RouterThread(mailboxes.get(shard), shard));
            mailboxes.get(shard).snapshots().onPublish(mailboxes.get(shard)::snapshotChanged);
        }
        this.watchdog = Thread.ofPlatform().daemon().name("lb-watchdog").unstarted(this::watch);
    }

    /** Starts the threads. Once. */
    public void start() {
        for (int shard = 0; shard < mailboxes.size(); shard++) {
            routerThreads.get(shard).start();
        }
        watchdog.start();
    }

    @Override
    public boolean submit(RoutingAttempt attempt, int shard) {
        return mailboxes.get(shard).submit(attempt);
    }

    /** Every shard looks at the fleet soon. */
    public void snapshotChanged() {
        mailboxes.forEach(ShardMailbox::snapshotChanged);
    }

    /**
     * Hands a KV event to a shard.
     *
     * @return false where there is no room: the endpoint is resynchronized later
     */
    public boolean kvEvent(int shard, KvEvent event) {
        return mailboxes.get(shard).kvEvent(event);
    }

    /** Whether a shard has room for many more KV events. */
    public boolean hasRoomForKvEvents(int shard) {
        return mailboxes.get(shard).hasRoomForKvEvents();
    }

    @Override
    public void onNewEpoch(EpochListener listener) {
        listeners.add(listener);
    }

    /** The shards as they are now, by number. */
    public List<ShardStats> stats() {
        return mailboxes.stream().map(ShardMailbox::stats).toList();
    }

    private boolean mayServeHere() {
        if (!context.onEventLoop().getAsBoolean()) {
            return false;
        }
        for (ShardMailbox mailbox : mailboxes) {
            if (mailbox.servedByCurrentThread()) {
                return false;
            }
        }
        return true;
    }

    private void newEpoch(int shard, int epoch) {
        for (EpochListener listener : listeners) {
            try {
                listener.newEpoch(shard, epoch);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "a listener could not take a new epoch", e);
            }
        }
    }

    private void watch() {
        while (!closed) {
            long stall = context.stallNanos().getAsLong();
            LockSupport.parkNanos(this, Math.max(stall / LOOKS_PER_STALL, SHORTEST_LOOK_NANOS));
            for (int shard = 0; shard < mailboxes.size(); shard++) {
                int number = shard;
                mailboxes.get(shard).watch(() -> startAnother(number));
            }
        }
    }

    private void startAnother(int shard) {
        RouterThread next = new RouterThread(mailboxes.get(shard), shard);
        routerThreads.set(shard, next);
        next.start();
    }

    /**
     * Serves what waits, closes the routers and stops the threads. A router that does not come back from that is left
     * behind: its thread is a daemon.
     */
    @Override
    public void close() {
        mailboxes.forEach(ShardMailbox::close);
        boolean interrupted = false;
        for (int shard = 0; shard < mailboxes.size(); shard++) {
            interrupted |= !ended(routerThreads.get(shard).thread());
        }
        closed = true;
        LockSupport.unpark(watchdog);
        interrupted |= !ended(watchdog);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a thread to end; false where this thread was interrupted meanwhile. */
    private boolean ended(Thread thread) {
        long most = TimeUnit.NANOSECONDS.toMillis(2 * context.stallNanos().getAsLong()) + CLOSE_MILLIS;
        try {
            thread.join(most);
        } catch (InterruptedException e) {
            return false;
        }
        if (thread.isAlive()) {
            LOG.log(Level.WARNING, () -> thread.getName() + " does not end; it is left behind");
        }
        return true;
    }
}
