package dev.penstock.testing;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class during which a buffer was collected that nobody had released.
 *
 * <p>A leak shows when the collector finds it, so it may have been made by an earlier class: the records of the report
 * say where the buffer was last touched.
 */
public final class LeakGuard implements AfterAllCallback {
    /** A full collection is over long before. */
    private static final long COLLECTION_MILLIS = 5_000;

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        // A nested class ends before its outer one, which collects for both.
        if (context.getTestClass().map(Class::getEnclosingClass).isEmpty()) {
            check();
        }
    }

    /** Collects garbage, and throws when that shows a leak. */
    static void check() throws InterruptedException {
        // Twice: references of one collection are queued in no particular order.
        collect();
        collect();
        // Netty looks at what was collected when it allocates the next buffer.
        ByteBufAllocator.DEFAULT.buffer(1).release();
        List<String> leaks = RecordingLeakDetector.drain();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leaked: " + String.join("\n\n", leaks));
        }
    }

    private static void collect() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> sentinel = new PhantomReference<>(new Object(), queue);
        System.gc();
        if (queue.remove(COLLECTION_MILLIS) != sentinel) {
            throw new AssertionError("no collection within " + COLLECTION_MILLIS + " ms");
        }
    }
}
