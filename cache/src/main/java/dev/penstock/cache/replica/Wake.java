package dev.penstock.cache.replica;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Has {@code lb-replica} look for what there is to do, when an answer of Redis has come. Any thread; never waits. */
final class Wake implements Runnable {

    private volatile @Nullable Thread server;

    /** Names the thread to be woken. By that thread. */
    void servedBy(Thread thread) {
        server = thread;
    }

    @Override
    public void run() {
        LockSupport.unpark(server);
    }
}
