package dev.penstock.bench.jmh;

import dev.penstock.spi.Plan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A decision of each router: the engine asks it, reserves what it chose, tells the owner, and gives it back. As many
 * prompts as there are pods were sent before, and wait for their first byte. The yardstick is what no choice by load
 * can do without: one scan of a dense column of numbers.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickBenchmark {

    /** A fleet and a router. */
    @State(Scope.Benchmark)
    public static class Shard {
        /** How many pods serve the model. */
        @Param({"10", "100", "1000"})
        public int pods;

        /** Which router. */
        @Param({"random", "round-robin", "least-request", "power-of-two", "session-affinity", "least-kv-cache",
            "least-latency", "load-balance", "least-load", "bucket", "bounded-hash", "sticky-session", "pd",
            "predicted-ttft", "prefix-cache", "prefix-cache-preble", "sticky-until-saturated", "cache-aware", "kv-cost",
            "vtc-basic", "fair-queue", "slo"})
        public String router = "";

        private BenchFleet fleet;
        private InlineShard shard;

        /** Makes the fleet. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(pods);
            shard = new InlineShard(fleet, router);
            for (int i = 1; i <= pods; i++) {
                shard.leave(i);
            }
        }

        /** Ends its threads, and sees to it that every decision was one. */
        @TearDown
        public void stop() {
            int answers = shard.answers();
            fleet.close();
            if (answers == 0) {
                throw new IllegalStateException("nothing was decided");
            }
        }
    }

    /** One number for each pod, side by side. */
    @State(Scope.Benchmark)
    public static class Column {
        /** How many. */
        @Param({"10", "100", "1000"})
        public int pods;

        private UnsafeBuffer column;

        /** Fills it. */
        @Setup
        public void fill() {
            column = new UnsafeBuffer(ByteBuffer.allocateDirect(pods * Integer.BYTES).order(ByteOrder.nativeOrder()));
            Random random = new Random(1);
            for (int i = 0; i < pods; i++) {
                column.putInt(i * Integer.BYTES, random.nextInt(16));
            }
        }
    }

    /** A decision. */
    @Benchmark
    @Yardstick("PickBenchmark.columnScan")
    public @Nullable Plan decision(Shard state) {
        return state.shard.decide();
    }

    /** The least of a column. */
    @Benchmark
    public int columnScan(Column state) {
        UnsafeBuffer column = state.column;
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < state.pods; i++) {
            int value = column.getInt(i * Integer.BYTES);
            if (value < least) {
                least = value;
                best = i;
            }
        }
        return best;
    }
}
