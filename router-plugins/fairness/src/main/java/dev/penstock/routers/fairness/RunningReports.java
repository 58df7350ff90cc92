package dev.penstock.routers.fairness;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import java.util.Arrays;

/**
 * The requests that engines say they run, by slot. Those of a pod are read anew ten times a second at most: engines are
 * asked once a second, requests come a thousand times as often, and whoever reads a report looks at the clock for its
 * age. Confined to one thread.
 */
final class RunningReports {

    /** For how long they stand, unless the fleet changes. */
    static final long LIFE_NANOS = 100_000_000;

    private final PodLoad load;
    private double[] running = {};
    private long[] readNanos = {};

    RunningReports(PodLoad load) {
        this.load = load;
    }

    /** What the engine of a pod reported; NaN where it did not. */
    double of(PodView pod, long nowNanos) {
        int slot = pod.slot();
        if (slot >= running.length) {
            grow(slot + 1, nowNanos);
        }
        if (nowNanos - readNanos[slot] >= LIFE_NANOS) {
            running[slot] = load.gauge(pod, Gauge.RUNNING);
            readNanos[slot] = nowNanos;
        }
        return running[slot];
    }

    private void grow(int slots, long nowNanos) {
        int before = running.length;
        int size = Math.max(slots, 2 * before);
        running = Arrays.copyOf(running, size);
        readNanos = Arrays.copyOf(readNanos, size);
        Arrays.fill(readNanos, before, size, nowNanos - LIFE_NANOS);
    }

    /** The fleet has changed: there may be another pod in a slot. */
    void forget(long nowNanos) {
        Arrays.fill(readNanos, nowNanos - LIFE_NANOS);
    }
}
