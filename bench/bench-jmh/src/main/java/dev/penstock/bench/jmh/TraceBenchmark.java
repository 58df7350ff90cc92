package dev.penstock.bench.jmh;

import dev.penstock.core.port.Lease;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The record of one request, from its beginning to its end: counted for its model, and told to whoever traces. The
 * yardstick is the same with traces off.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TraceBenchmark {
    private static final Usage USAGE = new Usage(512, 128);

    /** Nobody traces. */
    @State(Scope.Benchmark)
    public static class Off {
        private BenchFleet fleet;

        /** Makes the fleet. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(1);
        }

        /** Ends its threads. */
        @TearDown
        public void stop() {
            fleet.close();
        }
    }

    /** Somebody counts what comes. */
    @State(Scope.Benchmark)
    public static class On implements TraceSink {
        private final LongAdder tokens = new LongAdder();
        private BenchFleet fleet;

        /** Makes the fleet. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(1, this);
        }

        /** Ends its threads, and sees to it that something was told. */
        @TearDown
        public void stop() {
            fleet.close();
            if (tokens.sum() == 0) {
                throw new IllegalStateException("nothing was traced");
            }
        }

        @Override
        public long began(String model) {
            return 1;
        }

        @Override
        public void ended(String model, long term) {}

        @Override
        public void ended(String model, long term, Usage usage) {
            tokens.add(usage.promptTokens() + usage.completionTokens());
        }
    }

    /** Traces off. */
    @Benchmark
    public Lease off(Off state) {
        return record(state.fleet);
    }

    /** Traces on. */
    @Benchmark
    @Yardstick("TraceBenchmark.off")
    public Lease on(On state) {
        return record(state.fleet);
    }

    private static Lease record(BenchFleet fleet) {
        Lease lease = fleet.cache().tracker().begin("request", BenchFleet.MODEL);
        lease.done(USAGE);
        return lease;
    }
}
