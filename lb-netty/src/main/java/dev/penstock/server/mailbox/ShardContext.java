package dev.penstock.server.mailbox;

import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * What the shards are made of.
 *
 * @param shards how many, at least 1
 * @param engines what the engine of a shard works with, by number of the shard
 * @param clock the time
 * @param ringCapacity most attempts, and most KV events, that wait in a shard: a power of two
 * @param stallNanos how long a call of a router may take before its shard is given to another server; asked anew each
 *     time
 * @param onEventLoop whether the current thread is an event loop, which may serve a small share itself
 * @param metrics where the numbers go
 */
public record ShardContext(int shards, IntFunction<EngineContext> engines, NanoClock clock, int ringCapacity,
        LongSupplier stallNanos, BooleanSupplier onEventLoop, Metrics metrics) {

    /** Default of {@link #ringCapacity}. */
    public static final int RING_CAPACITY = 4096;

    /** Default of {@link #stallNanos}. */
    public static final long STALL_NANOS = 1_000_000_000L;

    /** Checks the numbers. */
    public ShardContext {
        if (shards < 1) {
            throw new IllegalArgumentException("shards: " + shards + " (expected: at least 1)");
        }
        if (Integer.bitCount(ringCapacity) != 1) {
            throw new IllegalArgumentException("ring capacity: " + ringCapacity + " (expected: a power of two)");
        }
    }
}
