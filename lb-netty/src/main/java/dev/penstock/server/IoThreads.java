package dev.penstock.server;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the threads {@code lb-io-N} of one load balancer, and knows them. */
final class IoThreads implements ThreadFactory {

    private final AtomicInteger made = new AtomicInteger();

    @Override
    public Thread newThread(Runnable task) {
        IoThread thread = new IoThread(this, task, "lb-io-" + made.getAndIncrement());
        thread.setDaemon(true);
        return thread;
    }

    /** Whether the current thread is one of them. */
    boolean current() {
        return Thread.currentThread() instanceof IoThread thread && thread.owner == this;
    }

    private static final class IoThread extends FastThreadLocalThread {

        final IoThreads owner;

        IoThread(IoThreads owner, Runnable task, String name) {
            super(task, name);
            this.owner = owner;
        }
    }
}
