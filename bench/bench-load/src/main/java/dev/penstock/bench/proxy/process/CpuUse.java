package dev.penstock.bench.proxy.process;

/**
 * Time that a process spent on CPUs, in nanoseconds.
 *
 * @param workNanos all threads but those that compile
 * @param jitNanos threads of a JVM that compile; zero for other programs
 */
public record CpuUse(long workNanos, long jitNanos) {
    /** {@link #workNanos()} per item, in microseconds; NaN for no items. */
    public double workMicrosPer(long items) {
        return items == 0 ? Double.NaN : workNanos / 1_000.0 / items;
    }

    /** {@link #jitNanos()} per item, in microseconds; NaN for no items. */
    public double jitMicrosPer(long items) {
        return items == 0 ? Double.NaN : jitNanos / 1_000.0 / items;
    }
}
