package dev.penstock.bench.jmh;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.mailbox.ShardContext;
import dev.penstock.server.mailbox.ShardSet;
import dev.penstock.spi.Plan;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Usage;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * From submitting an attempt to having its answer, over ten pods with {@code least-request}: served by the loop that
 * submits, or handed over to {@code lb-router-0}; one loop, and two that share the shard. The yardstick is the engine
 * alone: the same decision without a mailbox.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MailboxBenchmark {
    private static final int PODS = 10;
    private static final String ROUTER = "least-request";

    /** The engine alone. */
    @State(Scope.Benchmark)
    public static class Engine {
        private BenchFleet fleet;
        private InlineShard shard;

        /** Makes it. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(PODS);
            shard = new InlineShard(fleet, ROUTER);
        }

        /** Ends its threads. */
        @TearDown
        public void stop() {
            fleet.close();
        }
    }

    /** A shard with its mailbox and thread. */
    public abstract static class Shard {
        private BenchFleet fleet;
        private ShardSet shards;
        private StrategyExpression strategy;

        abstract boolean onEventLoop();

        /** Starts its threads. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(PODS);
            StrategyCatalog catalog = BenchStrategies.catalog();
            strategy = BenchStrategies.named(catalog, ROUTER);
            shards = new ShardSet(new ShardContext(1, shard -> BenchStrategies.engine(fleet, catalog),
                    NanoClock.SYSTEM, ShardContext.RING_CAPACITY, () -> ShardContext.STALL_NANOS, this::onEventLoop,
                    Metrics.NONE));
            shards.start();
        }

        /** Ends them. */
        @TearDown
        public void stop() {
            shards.close();
            fleet.close();
        }
    }

    /** Served by whoever submits. */
    @State(Scope.Benchmark)
    public static class Inline extends Shard {
        @Override
        boolean onEventLoop() {
            return !Thread.currentThread().getName().startsWith("lb-");
        }
    }

    /** Served by the shard's own thread. */
    @State(Scope.Benchmark)
    public static class HandedOver extends Shard {
        @Override
        boolean onEventLoop() {
            return false;
        }
    }

    /** A loop, which waits for its answer as a benchmark must; a real one would do other work meanwhile. */
    @State(Scope.Thread)
    public static class Loop implements RoutingAttempt.Owner {
        private final RoutingRequest request = BenchFleet.REQUEST;
        private volatile @Nullable RoutingAttempt answered;

        @Override
        public void answered(RoutingAttempt attempt) {
            answered = attempt;
        }

        private @Nullable Plan roundTrip(Shard shard) {
            RoutingAttempt attempt = new RoutingAttempt(request, shard.strategy, null, List.of(), 0, Long.MAX_VALUE,
                    this);
            answered = null;
            if (!shard.shards.submit(attempt, 0)) {
                throw new IllegalStateException("refused");
            }
            while (answered != attempt) {
                Thread.onSpinWait();
            }
            Plan plan = attempt.plan();
            attempt.ended(Usage.UNKNOWN);
            return plan;
        }
    }

    /** The yardstick. */
    @Benchmark
    public @Nullable Plan engineAlone(Engine engine) {
        return engine.shard.decide();
    }

    /** One loop, served inline. */
    @Benchmark
    @Yardstick("MailboxBenchmark.engineAlone")
    public @Nullable Plan inlineOneLoop(Inline shard, Loop loop) {
        return loop.roundTrip(shard);
    }

    /** Two loops, served inline by either. */
    @Benchmark
    @Threads(2)
    @Yardstick("MailboxBenchmark.engineAlone")
    public @Nullable Plan inlineTwoLoops(Inline shard, Loop loop) {
        return loop.roundTrip(shard);
    }

    /** One loop, handed over. */
    @Benchmark
    @Yardstick("MailboxBenchmark.engineAlone")
    public @Nullable Plan handedOverOneLoop(HandedOver shard, Loop loop) {
        return loop.roundTrip(shard);
    }

    /** Two loops, handed over. */
    @Benchmark
    @Threads(2)
    @Yardstick("MailboxBenchmark.engineAlone")
    public @Nullable Plan handedOverTwoLoops(HandedOver shard, Loop loop) {
        return loop.roundTrip(shard);
    }
}
