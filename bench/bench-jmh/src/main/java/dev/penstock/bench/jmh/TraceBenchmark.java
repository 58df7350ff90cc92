package dev.penstock.bench.jmh;

import dev.penstock.cache.trace.TraceAgent;
import dev.penstock.cache.trace.TraceSettings;
import dev.penstock.cache.trace.TracedModels;
import dev.penstock.cache.trace.Traces;
import dev.penstock.cache.tracking.TrackedRequests;
import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.port.Lease;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.TraceSink;
import dev.penstock.spi.Usage;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The record of one request, from its beginning to its end, as its event loop pays for it: counted for its model, and
 * written into the ring of the traces. The yardstick is the same with traces off.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TraceBenchmark {
    /** Few enough for the ring, which is emptied in between: by another thread, off the path of requests. */
    private static final int REQUESTS = 10_000;
    private static final Usage USAGE = new Usage(512, 128);

    /** Nobody traces. */
    @State(Scope.Benchmark)
    public static class Off {
        private BenchFleet fleet;
        private TrackedRequests tracker;

        /** Makes the fleet. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(1);
            tracker = new TrackedRequests(fleet.cache(), TraceSink.OFF, NanoClock.SYSTEM);
        }

        /** Ends its threads. */
        @TearDown
        public void stop() {
            fleet.close();
        }
    }

    /** Requests are traced. */
    @State(Scope.Benchmark)
    public static class On {
        private BenchFleet fleet;
        private TrackedRequests tracker;
        private TraceAgent agent;

        /** Makes the fleet. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(1);
            Traces traces = new Traces(new TraceSettings(true, TimeUnit.MINUTES.toNanos(1), false),
                    () -> TraceSteps.ALL_ON);
            tracker = new TrackedRequests(fleet.cache(), traces.sink(), NanoClock.SYSTEM);
            agent = Objects.requireNonNull(traces.begin(new Traces.Surroundings(new Models(fleet, tracker),
                    NanoClock.SYSTEM, Metrics.NONE, null)));
        }

        /** Empties the ring. */
        @Setup(Level.Invocation)
        public void drain() {
            agent.doWork();
        }

        /** Ends the fleet's threads, and sees to it that something was told. */
        @TearDown
        public void stop() {
            fleet.close();
            if (agent.doWork() == 0) {
                throw new IllegalStateException("nothing was traced");
            }
        }
    }

    private record Models(BenchFleet fleet, TrackedRequests tracker) implements TracedModels {

        @Override
        public boolean known(String model) {
            return fleet.cache().hasModel(model);
        }

        @Override
        public long pending(String model) {
            return tracker.pending(model);
        }

        @Override
        public long queueing(String model) {
            return tracker.queueing(model);
        }
    }

    /** Traces off. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public Lease off(Off state) {
        return requests(state.tracker);
    }

    /** Traces on. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    @Yardstick("TraceBenchmark.off")
    public Lease on(On state) {
        return requests(state.tracker);
    }

    private static Lease requests(TrackedRequests tracker) {
        Lease last = tracker.begin("request", BenchFleet.MODEL);
        last.done(USAGE);
        for (int i = 1; i < REQUESTS; i++) {
            last = tracker.begin("request", BenchFleet.MODEL);
            last.done(USAGE);
        }
        return last;
    }
}
