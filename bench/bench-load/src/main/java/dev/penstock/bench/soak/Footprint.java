package dev.penstock.bench.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process holds at one time.
 *
 * @param descriptors open ones; 0 where the system does not tell
 * @param direct      bytes of memory outside of the heap, for buffers
 * @param threads     platform threads
 */
record Footprint(long descriptors, long direct, long threads) {

    static Footprint now() {
        long descriptors = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount() : 0;
        long direct = Math.max(0, PlatformDependent.usedDirectMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            direct += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
        }
        return new Footprint(descriptors, direct, ManagementFactory.getThreadMXBean().getThreadCount());
    }

    /** Bytes of the heap that are in use when garbage has been collected. */
    static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
