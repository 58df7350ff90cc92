package dev.penstock.bench.soak;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;

/** Makes a problem of each buffer that nobody released, as far as Netty's detector is told to look. One at a time. */
final class Leaks implements AutoCloseable {
    private static final long COLLECTION_MILLIS = 5_000;

    Leaks(Ends ends) {
        ByteBufUtil.setLeakListener((type, records) -> ends.problem("leak: " + type + records));
    }

    /** Collects garbage, so that what was lost so far is noticed. */
    void look() throws InterruptedException {
        if (!ResourceLeakDetector.isEnabled()) {
            return;
        }
        // Twice: references of one collection are queued in no particular order.
        collect();
        collect();
        // Netty looks at what was collected when it allocates the next buffer.
        ByteBufAllocator.DEFAULT.buffer(1).release();
    }

    private static void collect() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> sentinel = new PhantomReference<>(new Object(), queue);
        System.gc();
        if (queue.remove(COLLECTION_MILLIS) != sentinel) {
            throw new IllegalStateException("no collection within " + COLLECTION_MILLIS + " ms");
        }
    }

    @Override
    public void close() {
        ByteBufUtil.setLeakListener(null);
    }
}
