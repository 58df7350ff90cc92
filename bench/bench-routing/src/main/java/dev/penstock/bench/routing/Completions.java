package dev.penstock.bench.routing;

import dev.penstock.spi.PodView;
import dev.penstock.testkit.FakeLoad;
import java.util.ArrayDeque;
import java.util.List;

/**
 * How many requests a second each pod completes, over the last minute, as production counts that for each balancer:
 * looked at each five seconds, told from ten seconds on. Confined to one thread.
 */
final class Completions {

    private static final long INTERVAL_NANOS = 5_000_000_000L;
    private static final int LEAST_INTERVALS = 2;
    private static final int SAMPLES = 13;

    private final FakeLoad load;
    private final List<PodView> pods;
    private final long[] completed;
    private final ArrayDeque<long[]> samples = new ArrayDeque<>(SAMPLES);
    private long sampledNanos;

    /**
     * Nothing completed.
     *
     * @param load where routers read it
     * @param begin when the first look is
     */
    Completions(FakeLoad load, List<PodView> pods, long begin) {
        this.load = load;
        this.pods = pods;
        completed = new long[pods.size()];
        sampledNanos = begin;
        samples.add(completed.clone());
    }

    /** A request has ended at a pod. */
    void ended(int pod) {
        completed[pod]++;
    }

    /** Looks as often as should have been until now; nothing has ended since the time before. */
    void advance(long now) {
        while (now - sampledNanos >= INTERVAL_NANOS) {
            sampledNanos += INTERVAL_NANOS;
            if (samples.size() == SAMPLES) {
                samples.removeFirst();
            }
            samples.addLast(completed.clone());
            int intervals = samples.size() - 1;
            if (intervals >= LEAST_INTERVALS) {
                long[] before = samples.getFirst();
                double seconds = intervals * INTERVAL_NANOS / 1e9;
                for (int pod = 0; pod < completed.length; pod++) {
                    load.completionRate(pods.get(pod), (completed[pod] - before[pod]) / seconds);
                }
            }
        }
    }
}
