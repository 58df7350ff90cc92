package dev.penstock.server.metrics;

import dev.penstock.core.port.Metrics;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** The process itself: memory, threads, allocation. */
public final class JvmMetrics {

    private JvmMetrics() {}

    /** Adds them. */
    public static void register(Metrics metrics, DoubleSupplier directBytes) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        metrics.gauge("penstock_jvm_heap_used_bytes", "Heap in use.",
                () -> memory.getHeapMemoryUsage().getUsed());
        metrics.gauge("penstock_jvm_threads", "Threads of the Java machine.", threads::getThreadCount);
        metrics.gauge("penstock_jvm_allocated_bytes_total", "Heap allocated by all threads since the start.",
                allocated(threads, com.sun.management.ThreadMXBean::getTotalThreadAllocatedBytes));
        metrics.gauge("penstock_direct_memory_bytes", "Direct memory that buffers are taken from.", directBytes);
    }

    // Other Java machines than HotSpot do not count it.
    private static DoubleSupplier allocated(ThreadMXBean threads,
            ToDoubleFunction<com.sun.management.ThreadMXBean> bytes) {
        return threads instanceof com.sun.management.ThreadMXBean counting
                ? () -> bytes.applyAsDouble(counting)
                : () -> Double.NaN;
    }
}
