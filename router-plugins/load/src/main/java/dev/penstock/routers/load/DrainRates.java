package dev.penstock.routers.load;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.Arrays;

/**
 * How fast the pods of a model complete requests. A pod of which that is not known is as fast as they are on average,
 * so that it is neither preferred nor left out; one that had nothing to do is not slow because of that, so nobody is
 * taken for slower than a share of the average. Confined to one thread.
 */
final class DrainRates extends Column {

    private static final Figure RATE = Figure.gauge(Gauge.COMPLETION_RATE).or(Figure.gauge(Gauge.DRAIN_RATE));
    private static final Figure KV = Figure.gauge(Gauge.KV_CACHE_USAGE).or(1);

    private final PodLoad load;
    private final double leastShare;
    private double[] seconds = {};
    private double[] kvUsage = {};
    private boolean[] assumed = {};
    private boolean any;

    DrainRates(PodLoad load, double leastShare) {
        this.load = load;
        this.leastShare = leastShare;
    }

    @Override
    void renew(Snapshot snapshot, ModelView model, long nowNanos) {
        if (snapshot.slots() > seconds.length) {
            seconds = new double[snapshot.slots()];
            kvUsage = new double[snapshot.slots()];
            assumed = new boolean[snapshot.slots()];
        }
        Arrays.fill(seconds, Double.NaN);
        Arrays.fill(kvUsage, 1);
        Arrays.fill(assumed, true);
        Candidates ready = model.ready();
        double sum = 0;
        int known = 0;
        for (int i = 0; i < ready.size(); i++) {
            PodView pod = ready.get(i);
            int slot = pod.slot();
            double rate = RATE.of(load, model, pod);
            assumed[slot] = !Double.isFinite(rate);
            seconds[slot] = rate;
            kvUsage[slot] = KV.of(load, model, pod);
            if (!assumed[slot]) {
                sum += rate;
                known++;
            }
        }
        any = sum > 0;
        double mean = any ? sum / known : 1;
        for (int slot = 0; slot < seconds.length; slot++) {
            seconds[slot] = 1 / (any && !assumed[slot] ? Math.max(seconds[slot], leastShare * mean) : mean);
        }
    }

    /** Seconds that a pod takes for each request on average; 1 for all where nobody completes any. */
    double seconds(int slot) {
        return seconds[slot];
    }

    /** Share of the KV cache in use; 1 where that is not known. */
    double kvUsage(int slot) {
        return kvUsage[slot];
    }

    /** Whether any pod completes requests, so that there is a difference to be made. */
    boolean any() {
        return any;
    }

    /** Whether the time of a pod is that of the others. */
    boolean assumed(int slot) {
        return assumed[slot];
    }
}
