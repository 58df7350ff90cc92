package dev.penstock.bench.jmh;

import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What a request asks first: which pods of its model are ready. Of the snapshot, and of live maps behind a read-write
 * lock, while both change 100 times a second. By one thread and by two.
 *
 * <p>The yardstick gets what the snapshot gives, a list to keep; {@code lockedLookUp} is the lock alone.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SnapshotBenchmark {

    /** The same pods in both forms. */
    @State(Scope.Benchmark)
    public static class Pods {
        /** How many pods serve the model. */
        @Param({"10", "100"})
        public int pods;

        private BenchFleet fleet;
        private LockedPods locked;
        private Updates updates;

        /** Makes the fleet and begins to change it. */
        @Setup
        public void start() {
            fleet = BenchFleet.of(pods);
            Candidates ready = fleet.ready();
            locked = new LockedPods(BenchFleet.MODEL, ready);
            updates = new Updates(number -> change(ready.get(number % ready.size()), number));
        }

        private void change(PodView pod, int number) {
            locked.update(BenchFleet.MODEL, pod);
            fleet.cache().proxy().offer(new CacheCommand.PodUpserted("bench", new PodSpec(
                    new PodIdentity("bench", pod.name(), pod.uid()), pod.host(), List.of(pod.port()), null, "vllm",
                    true, Map.of("change", Integer.toString(number)), Map.of(), Set.of("another"))));
        }

        /** Ends the threads. */
        @TearDown
        public void stop() {
            updates.close();
            fleet.close();
        }
    }

    private static Candidates ready(Pods pods) {
        ModelView model = pods.fleet.cache().current().model(BenchFleet.MODEL);
        if (model == null) {
            throw new IllegalStateException("no model");
        }
        return model.ready();
    }

    /** The snapshot, one reader. */
    @Benchmark
    @Yardstick("SnapshotBenchmark.lockedOne")
    public Candidates snapshotOne(Pods pods) {
        return ready(pods);
    }

    /** The snapshot, two readers. */
    @Benchmark
    @Threads(2)
    @Yardstick("SnapshotBenchmark.lockedTwo")
    public Candidates snapshotTwo(Pods pods) {
        return ready(pods);
    }

    /** The locked maps, one reader. */
    @Benchmark
    public List<PodView> lockedOne(Pods pods) {
        return pods.locked.ready(BenchFleet.MODEL);
    }

    /** The locked maps, two readers. */
    @Benchmark
    @Threads(2)
    public List<PodView> lockedTwo(Pods pods) {
        return pods.locked.ready(BenchFleet.MODEL);
    }

    /** The lock alone, two readers. */
    @Benchmark
    @Threads(2)
    public int lockedLookUp(Pods pods) {
        return pods.locked.count(BenchFleet.MODEL);
    }
}
