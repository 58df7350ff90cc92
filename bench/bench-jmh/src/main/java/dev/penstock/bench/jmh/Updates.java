package dev.penstock.bench.jmh;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Changes something 100 times a second, on a thread of its own. */
final class Updates implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Thread thread;
    private volatile boolean closed;

    /**
     * Begins.
     *
     * @param update told the number of the change
     */
    Updates(IntConsumer update) {
        thread = Thread.ofPlatform().daemon().name("updates").start(() -> {
            for (int number = 0; !closed; number++) {
                update.accept(number);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
