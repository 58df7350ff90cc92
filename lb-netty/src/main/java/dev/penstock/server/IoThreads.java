package dev.penstock.server;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the threads {@code lb-io-N} of one load balancer, and knows them, and those of event loops that an embedder has
 * lent. Any thread.
 */
final class IoThreads implements ThreadFactory {

    private final AtomicInteger made = new AtomicInteger();
    private final Set<Thread> adopted = ConcurrentHashMap.newKeySet();

    @Override
    public Thread newThread(Runnable task) {
        IoThread thread = new IoThread(this, task, "lb-io-" + made.getAndIncrement());
        thread.setDaemon(true);
        return thread;
    }

    /** Whether the current thread is one of them. */
    boolean current() {
        Thread current = Thread.currentThread();
        return (current instanceof IoThread thread && thread.owner == this) || adopted.contains(current);
    }

    /** The current thread runs an event loop that serves this balancer, whoever has made it. */
    void adopt() {
        if (!current()) {
            // Those that have ended meanwhile are not kept.
            adopted.removeIf(thread -> !thread.isAlive());
            adopted.add(Thread.currentThread());
        }
    }

    private static final class IoThread extends FastThreadLocalThread {

        final IoThreads owner;

        IoThread(IoThreads owner, Runnable task, String name) {
            super(task, name);
            this.owner = owner;
        }
    }
}
