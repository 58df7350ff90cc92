package dev.penstock.server.disaggregated;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbers of requests that TensorRT-LLM hands over, as AIBrix makes them: by time, machine and a counter, and never one
 * of the small numbers that engines give themselves. Any thread.
 */
final class RequestNumbers {
    private static final long EPOCH_MILLIS = Instant.parse("2023-01-01T00:00:00Z").toEpochMilli();
    private static final long MOST_MILLIS = (1L << 41) - 1;
    private static final int COUNTER_MASK = 4095;
    /** Below are those of engines. */
    private static final long LEAST = 1L << 42;

    private final InstantSource time;
    private final int machineId;
    private final AtomicInteger counter = new AtomicInteger();

    RequestNumbers(InstantSource time, int machineId) {
        this.time = time;
        this.machineId = machineId;
    }

    long next() {
        long millis = Math.clamp(time.millis() - EPOCH_MILLIS, 0, MOST_MILLIS);
        long number = millis << 22 | (long) machineId << 12 | (counter.getAndIncrement() & COUNTER_MASK);
        return number % (Long.MAX_VALUE - LEAST) + LEAST;
    }
}
