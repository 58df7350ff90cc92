package dev.penstock.cache.snapshot;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/** The way to {@code lb-cache}: a bounded queue. Any thread offers and never waits. */
public final class CacheProxy {

    private final ManyToOneConcurrentArrayQueue<CacheCommand> commands;
    private final LongAdder refused = new LongAdder();
    private volatile @Nullable Thread server;

    /**
     * A way of its own.
     *
     * @param capacity most commands that wait
     */
    public CacheProxy(int capacity) {
        commands = new ManyToOneConcurrentArrayQueue<>(capacity);
    }

    /**
     * Posts a command.
     *
     * @return false where the queue is full: the command is not taken, and counted; the source tries again later
     */
    public boolean offer(CacheCommand command) {
        if (!commands.offer(command)) {
            refused.increment();
            return false;
        }
        wake();
        return true;
    }

    /** Has {@code lb-cache} look for what there is to do. Any thread; never waits. */
    public void wake() {
        LockSupport.unpark(server);
    }

    /** Commands that were not taken, so far. */
    public long refused() {
        return refused.sum();
    }

    /** Commands that were taken, so far. */
    public long posted() {
        return commands.addedCount();
    }

    /** Commands that were handed over, so far. By {@code lb-cache}. */
    long drained() {
        return commands.removedCount();
    }

    /** Names the thread to be woken. By that thread. */
    void servedBy(Thread thread) {
        server = thread;
    }

    /** Hands over all commands that wait. By {@code lb-cache}. */
    int drain(Consumer<CacheCommand> taker) {
        return commands.drain(taker);
    }
}
